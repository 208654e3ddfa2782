# SPDX-License-Identifier: Apache-2.0
# What a failing disk does, for the tests beside this file: `load damage`.

sql() { # OFFICE SQL: prints the rows
	python3 -c 'import sqlite3,sys
with sqlite3.connect(sys.argv[1]) as db:
	for row in db.execute(sys.argv[2]):
		print(*row)' "offices/$1/valise.db" "$2"
}
