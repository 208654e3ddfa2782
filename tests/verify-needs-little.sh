#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The verifier links no database, and nothing else that it does not use: READELF PROGRAM.
set -eu
needed=$("$1" --dynamic --wide "$2" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
test -n "$needed"
for library in $needed; do
	case $library in
	libcrypto.so.* | libutf8proc.so.* | libIPSec_MB.so.* | libjansson.so.* | libc.so.* | libm.so.* | libpthread.so.* | ld-linux*) ;;
	libasan.so.* | libubsan.so.* | libtsan.so.* | libgcc_s.so.* | libdl.so.* | librt.so.* | libresolv.so.*) ;;
	*)
		echo "$2 needs $library, which the verifier should do without." >&2
		exit 1
		;;
	esac
done
