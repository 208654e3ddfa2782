# SPDX-License-Identifier: Apache-2.0
# The front door: every target hands on to Meson or to one script.
#
#   make            build everything into build/
#   make demo       see it work
#   make check      the tests, as a user would run them
#   make fault      every fault at every place, where make check takes a sample (an hour)
#   make big        what is large, long or many, as large as it may be (half an hour, 30 GB)
#   make gate       what every change must pass: two compilers, sanitizers, layers, format
#   make bench      Valise beside age and NNCP, as one table
#   make fuzz       every fuzz target for FUZZ_SECONDS
#   make install    PREFIX=/usr/local DESTDIR=
#   make clean

BUILD = build
PREFIX =
DESTDIR =
FUZZ_SECONDS = 300
MESON_OPTIONS =

.DEFAULT_GOAL = build
.PHONY: build demo check fault big gate bench fuzz install clean

build: | $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@packaging/need.sh --look build
	@echo "Looking at the compiler and the libraries (all that is found: $(BUILD)/meson-logs/meson-log.txt)"
	@found=$$(meson setup $(BUILD) -Dtests=false $(if $(PREFIX),--prefix=$(PREFIX)) $(MESON_OPTIONS) 2>&1) || \
		{ printf '%s\n' "$$found" >&2; exit 1; }

demo:
	@packaging/need.sh build demo
	@$(MAKE) --no-print-directory build
	@demo/run.sh $(abspath $(BUILD))

check:
	@packaging/need.sh build check
	@$(MAKE) --no-print-directory build
	@test -e $(BUILD)/tests || meson configure $(BUILD) -Dtests=true
	$(if $(VALISE_TEST_DATA),@meson configure $(BUILD) -Dtest_data=$(abspath $(VALISE_TEST_DATA)))
	@meson test -C $(BUILD) --print-errorlogs

fault:
	@packaging/need.sh build check
	@$(MAKE) --no-print-directory build
	@test -e $(BUILD)/tests || meson configure $(BUILD) -Dtests=true
	@FAULT_ALL=1 meson test -C $(BUILD) --suite fault --timeout-multiplier 0 --print-errorlogs
	@FAULT_ALL=1 meson test -C $(BUILD) spool_nomem --timeout-multiplier 0 --print-errorlogs

big:
	@packaging/need.sh build check
	@$(MAKE) --no-print-directory build
	@test -e $(BUILD)/tests || meson configure $(BUILD) -Dtests=true
	@BIG_ALL=1 meson test -C $(BUILD) --suite big --timeout-multiplier 0 --print-errorlogs

gate:
	@packaging/need.sh build check gate
	@tests/gate.sh $(BUILD)/gate

bench:
	@packaging/need.sh build bench
	@$(MAKE) --no-print-directory build
	@test -e $(BUILD)/tests || meson configure $(BUILD) -Dtests=true
	@ninja -C $(BUILD)
	@bench/run $(BUILD)

fuzz:
	@packaging/need.sh build fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(BUILD)/fuzz

install: build
	$(if $(PREFIX),@meson configure $(BUILD) -Dprefix=$(PREFIX))
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD)

clean:
	rm -rf $(BUILD)
