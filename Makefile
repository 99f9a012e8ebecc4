# SPDX-License-Identifier: MIT
#
# imaboot: build, tests, installation. `make help` lists the targets.
#
# What you may set, on the command line or in the environment:
#
#   LIBC=musl|glibc   what the boot program is linked with, statically (musl where musl-gcc is found)
#   CC, HOSTCC        the compilers of the boot program and of imactl (gcc; clang works for both)
#   STRIP             for the boot program (strip)
#   CFLAGS, LDFLAGS   yours, after the project's own
#   WERROR=1          warnings are errors; developers and `make check` have it on
#   O=build           where everything that is built goes
#   PREFIX=/usr/local, DESTDIR=   where `make install` puts the programs, and a root to stage them in
#   V=1               show the commands
#   IMABOOT_CACHE     where the test lab keeps its kernels (~/.cache/imaboot)
#
# Some targets need Debian packages; tests/lib/setup installs them (`make setup`, as root).

VERSION := 0.1.0

O ?= build
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
DOCDIR ?= $(DATADIR)/doc/imaboot
# dracut looks for modules and for packages' configuration in its own folder alone, whatever PREFIX is.
DRACUTDIR ?= /usr/lib/dracut
# The hooks of package managers name it by its path.
HELPERDIR ?= /usr/lib/imaboot
# So does initramfs-tools.
INITRAMFSDIR ?= /usr/share/initramfs-tools
# systemd reads its units before /usr/local may be mounted.
UNITDIR ?= /usr/lib/systemd/system
LIBC ?= $(if $(shell command -v musl-gcc 2>/dev/null),musl,glibc)
HOSTCC ?= gcc
STRIP ?= strip
WERROR ?=

ifeq ($(origin CC),default)
CC := $(if $(filter musl,$(LIBC)),musl-gcc,gcc)
endif

ifneq ($(V),1)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
endif

# ---- flags ---------------------------------------------------------------------------------

flag = $(shell $(1) $(2) -Werror -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(2))

WARNINGS := -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wimplicit-fallthrough -Wvla -Werror=format-security $(if $(WERROR),-Werror)
COMMON := -std=c11 -D_GNU_SOURCE -DIMABOOT_VERSION='"$(VERSION)"' -Icommon -fno-strict-aliasing
HARDEN = -fstack-protector-strong $(call flag,$(1),-fstack-clash-protection) \
	$(call flag,$(1),-ftrivial-auto-var-init=zero)

# musl-gcc knows only musl's headers: the kernel's and OpenSSL's come after them.
MUSL_INCLUDE := -idirafter /usr/include -idirafter /usr/include/$(shell gcc -print-multiarch 2>/dev/null)

# Small before fast: what takes time at boot are the digests, and those are libcrypto's own code.
BOOT_CFLAGS := -Os $(COMMON) $(WARNINGS) $(call HARDEN,$(CC)) -Iinitrd -fPIE -ffunction-sections \
	-fdata-sections -fno-asynchronous-unwind-tables $(if $(filter musl,$(LIBC)),$(MUSL_INCLUDE))
# musl-gcc would not find what was built for glibc.
LIB_CC := $(if $(filter musl,$(LIBC)),gcc,$(CC))
# Only the digests are taken out of this archive; tests/shell/binary.sh looks.
BOOT_LIBS := $(shell $(LIB_CC) -print-file-name=libcrypto.a)
ifeq ($(LIBC),musl)
# The specs of musl-gcc know no -static-pie and would link against a shared libc.
MUSL_LIB := /usr/lib/$(shell uname -m)-linux-musl
BOOT_LDFLAGS := -static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text $(MUSL_LIB)/rcrt1.o $(MUSL_LIB)/crti.o \
	-Wl,-T,initrd/no-unwind.ld
BOOT_LIBS += $(MUSL_LIB)/crtn.o
else
BOOT_LDFLAGS := -static-pie
endif
# noseparate-code: pages between the segments would be zeros, 8 KiB of them.
BOOT_LDFLAGS += -Wl,-z,noseparate-code -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,noexecstack

# The checker of the recovery's password: libxcrypt's archive where there is one, for yescrypt; see recovery/auth.c.
CRYPT_LIB := $(wildcard $(shell $(LIB_CC) -print-file-name=libcrypt.a))
AUTH_SRC := recovery/auth.c $(if $(and $(filter musl,$(LIBC)),$(CRYPT_LIB)),recovery/musl-glibc.c)

HOST_CFLAGS := -O2 $(COMMON) $(WARNINGS) $(call HARDEN,$(HOSTCC)) -Ikeys -fPIE
HOST_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed
HOST_LIBS := -lcrypto -lkeyutils -lfsverity -ljson-c -lz -lpthread

TEST_CFLAGS := -O1 -g $(COMMON) $(WARNINGS) -Werror -Iinitrd -Ikeys -Itests/unit \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_LIBS := -lcmocka -lcrypto -lkeyutils -lfsverity -ljson-c -lz -lpthread

# ---- sources -------------------------------------------------------------------------------

COMMON_SRC := $(wildcard common/*.c)
BOOT_SRC := $(COMMON_SRC) $(wildcard initrd/*.c)
HOST_SRC := $(COMMON_SRC) $(wildcard keys/*.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
# The host tool's parsers that fuzz targets drive: pure, and so without its libraries.
FUZZ_HOST_SRC := keys/auditlog.c keys/logline.c keys/denials.c keys/denial_words.c keys/units_parse.c keys/inittab.c

BOOT_OBJ := $(BOOT_SRC:%.c=$(O)/boot/%.o)
AUTH_OBJ := $(AUTH_SRC:%.c=$(O)/boot/%.o)
HOST_OBJ := $(HOST_SRC:%.c=$(O)/host/%.o)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(O)/unit/%)
FUZZ_OBJ := $(patsubst %.c,$(O)/fuzzed/%.o,$(filter-out initrd/main.c,$(BOOT_SRC)) $(FUZZ_HOST_SRC))
FUZZERS := $(FUZZ_SRC:tests/fuzz/%.c=$(O)/fuzz/%)
# Unit tests link against everything but the two main() files.
TEST_OBJ := $(filter-out %/main.o,$(sort $(BOOT_SRC:%.c=$(O)/test/%.o) $(HOST_SRC:%.c=$(O)/test/%.o)))

.PHONY: all imaboot imaboot-auth imactl setup check check-unit check-shell check-image check-boot check-fuzz units fuzzers \
	matrix demo lint format bench agree install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: imaboot imaboot-auth imactl $(O)/imaboot-late.service $(O)/imaboot-bless.service ## the programs (the default)
imaboot: $(O)/imaboot ## the boot program
imaboot-auth: $(O)/imaboot-auth ## the checker of the recovery's password
imactl: $(O)/imactl ## the host tool

# Rebuild what a changed flag or compiler touches: the stamp changes only when its text does.
stamp = $(shell mkdir -p $(O); printf '%s' '$(subst ','\'',$(2))' | cmp -s - $(O)/.$(1).flags || \
	printf '%s' '$(subst ','\'',$(2))' > $(O)/.$(1).flags)$(O)/.$(1).flags
BOOT_STAMP := $(call stamp,boot,$(CC) $(BOOT_CFLAGS) $(CFLAGS) $(BOOT_LDFLAGS) $(LDFLAGS) $(BOOT_LIBS))
HOST_STAMP := $(call stamp,host,$(HOSTCC) $(HOST_CFLAGS) $(CFLAGS) $(HOST_LDFLAGS) $(LDFLAGS) $(HOST_LIBS))
UNIT_STAMP := $(call stamp,unit,$(SBINDIR) $(BINDIR))
FUZZ_CFLAGS := -O1 -g $(COMMON) -Iinitrd -Ikeys -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_STAMP := $(call stamp,fuzz,$(FUZZ_CFLAGS))
TEST_STAMP := $(call stamp,test,$(HOSTCC) $(TEST_CFLAGS) $(TEST_LIBS))

$(O)/boot/%.o: %.c $(BOOT_STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BOOT_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(O)/host/%.o: %.c $(HOST_STAMP)
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(O)/test/%.o: %.c $(TEST_STAMP)
	$(call say,TESTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(O)/imaboot: $(BOOT_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BOOT_CFLAGS) $(CFLAGS) $(BOOT_LDFLAGS) $(LDFLAGS) $^ $(BOOT_LIBS) -o $@.full
	$(Q)$(STRIP) -o $@ $@.full

$(O)/imaboot-auth: $(AUTH_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BOOT_CFLAGS) $(CFLAGS) $(BOOT_LDFLAGS) $(LDFLAGS) $^ $(CRYPT_LIB) \
		$(if $(filter musl,$(LIBC)),$(MUSL_LIB)/crtn.o) -s -o $@

$(O)/%.service: packaging/systemd/%.service.in $(UNIT_STAMP)
	$(call say,UNIT,$@)
	$(Q)sed -e 's|@SBINDIR@|$(SBINDIR)|' -e 's|@BINDIR@|$(BINDIR)|' $< > $@

$(O)/imactl: $(HOST_OBJ)
	$(call say,LINK,$@)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(CFLAGS) $(HOST_LDFLAGS) $(LDFLAGS) $^ $(HOST_LIBS) -o $@

# The boot program's objects without its main(), for a clock around one stage.
$(O)/bench-preflight: tests/bench/preflight.c $(filter-out %/main.o,$(BOOT_OBJ))
	$(call say,LINK,$@)
	$(Q)$(CC) $(BOOT_CFLAGS) $(CFLAGS) $(BOOT_LDFLAGS) $(LDFLAGS) $^ $(BOOT_LIBS) -o $@

# ---- tests ---------------------------------------------------------------------------------

# A unit test may replace functions: a line "wrap: a b" in it becomes --wrap flags.
wraps = $(patsubst %,-Wl$(comma)--wrap=%,$(shell sed -n 's/^.*[^a-z]wrap: *\([A-Za-z0-9_ ]*\).*$$/\1/p' $(1)))
comma := ,

$(O)/test/lib.a: $(TEST_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(O)/unit/%: tests/unit/%.c $(O)/test/lib.a $(TEST_STAMP)
	$(call say,UNIT,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(TEST_CFLAGS) -MMD -MP -MF $@.d $< $(call wraps,$<) $(O)/test/lib.a $(TEST_LIBS) -o $@

$(O)/fuzzed/%.o: %.c $(FUZZ_STAMP)
	$(call say,FUZZCC,$@)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

$(O)/fuzzed/lib.a: $(FUZZ_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(O)/fuzz/%: tests/fuzz/%.c $(O)/fuzzed/lib.a $(FUZZ_STAMP)
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d $< $(O)/fuzzed/lib.a -lcrypto -o $@

units: $(UNITS)
fuzzers: $(FUZZERS)

setup: ## install what building and testing need (Debian, as root)
	$(Q)tests/lib/setup

check: ## all tests: units, shell, fuzz (10 s a target), boots; does its own set-up on Debian as root
	$(Q)tests/lib/setup
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) O=$(O) WERROR=1 all units fuzzers
	$(Q)$(MAKE) --no-print-directory O=$(O) lint
	$(Q)FUZZ_SECONDS=$(or $(FUZZ_SECONDS),10) tests/run --build $(O) unit shell image fuzz premise boot

check-unit: units ## the unit tests: seconds, no VM
	$(Q)tests/run --build $(O) unit

check-shell: all ## the tests of the programs as they are, no VM
	$(Q)tests/run --build $(O) shell

check-image: all ## the dracut module in images that dracut makes, no VM
	$(Q)tests/run --build $(O) image

check-fuzz: fuzzers ## each fuzz target for FUZZ_SECONDS (30)
	$(Q)tests/run --build $(O) fuzz

check-boot: all ## the tests that boot real kernels in QEMU
	$(Q)tests/run --build $(O) premise boot

matrix: all ## every bad policy on every kernel, without imaboot and with it: 234 boots, a table in O
	$(Q)tests/lib/setup
	$(Q)MATRIX=full tests/run --build $(O) --only '^boot/freeze' boot

demo: ## the main job in a VM, with commentary; does its own set-up
	$(Q)tests/lib/setup
	$(Q)$(MAKE) --no-print-directory O=$(O) all
	$(Q)tests/lib/demo --build $(O)

lint: ## shellcheck, mandoc, clang-format, SPDX lines
	$(Q)tests/lib/lint

format: ## bring the C sources into the project's format
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')

agree: ## N generated policy rules (20000) given to each kernel and to our parser
	$(Q)tests/lib/setup
	$(Q)N=$(or $(N),20000) tests/agree/run

bench: all $(O)/bench-preflight ## timings and sizes, each as a ratio against its peer
	$(Q)tests/lib/setup
	$(Q)tests/bench/run --build $(O)
	$(Q)tests/bench/lint $(O)/imactl
	$(Q)tests/bench/sign $(O)/imactl
	$(Q)tests/bench/preflight $(O)/bench-preflight
	$(Q)tests/bench/image $(O)
	$(Q)tests/bench/plan $(O)/imactl
	$(Q)tests/bench/relabel $(O)/imactl

# ---- installation --------------------------------------------------------------------------

# One line per file: mode, source, destination. install and uninstall both read it.
INSTALLED = \
	0755:$(O)/imaboot:$(SBINDIR)/imaboot \
	0755:$(O)/imactl:$(BINDIR)/imactl \
	0755:$(O)/imaboot-auth:$(HELPERDIR)/imaboot-auth \
	0755:recovery/recovery:$(HELPERDIR)/recovery \
	$(foreach page,$(wildcard man/*.8),0644:$(page):$(MANDIR)/man8/$(notdir $(page))) \
	$(foreach page,$(wildcard man/*.5),0644:$(page):$(MANDIR)/man5/$(notdir $(page))) \
	$(foreach page,$(wildcard man/*.7),0644:$(page):$(MANDIR)/man7/$(notdir $(page))) \
	0755:dracut-module/50imaboot/module-setup.sh:$(DRACUTDIR)/modules.d/50imaboot/module-setup.sh \
	0755:dracut-module/50imaboot/imaboot-pre-pivot.sh:$(DRACUTDIR)/modules.d/50imaboot/imaboot-pre-pivot.sh \
	0755:dracut-module/50imaboot/imaboot-alone.sh:$(DRACUTDIR)/modules.d/50imaboot/imaboot-alone.sh \
	0755:dracut-module/50imaboot/imaboot-emergency.sh:$(DRACUTDIR)/modules.d/50imaboot/imaboot-emergency.sh \
	0644:dracut-module/50imaboot/imaboot-gate.conf:$(DRACUTDIR)/modules.d/50imaboot/imaboot-gate.conf \
	0644:dracut-module/50imaboot/imaboot-pre-pivot.conf:$(DRACUTDIR)/modules.d/50imaboot/imaboot-pre-pivot.conf \
	0644:dracut-module/10-imaboot.conf:$(DRACUTDIR)/dracut.conf.d/10-imaboot.conf \
	0755:packaging/signing/sign-installed:$(HELPERDIR)/sign-installed \
	$(foreach file,dpkg.cfg imaboot.hook portage.bashrc README.md,0644:packaging/signing/$(file):$(DOCDIR)/signing/$(file)) \
	0755:packaging/initramfs-tools/hooks/imaboot:$(INITRAMFSDIR)/hooks/imaboot \
	0755:packaging/initramfs-tools/scripts/init-bottom/imaboot:$(INITRAMFSDIR)/scripts/init-bottom/imaboot \
	0755:packaging/initramfs-tools/scripts/panic/imaboot:$(INITRAMFSDIR)/scripts/panic/imaboot \
	$(foreach name,imaboot imactl,0644:packaging/completions/imaboot.bash:$(DATADIR)/bash-completion/completions/$(name)) \
	$(foreach name,imaboot imactl,0644:packaging/completions/imaboot.fish:$(DATADIR)/fish/vendor_completions.d/$(name).fish) \
	0644:packaging/completions/imaboot.zsh:$(DATADIR)/zsh/site-functions/_imaboot \
	0644:packaging/policies/executables:$(DOCDIR)/policies/executables \
	0644:$(O)/imaboot-late.service:$(UNITDIR)/imaboot-late.service \
	0644:$(O)/imaboot-bless.service:$(UNITDIR)/imaboot-bless.service \
	0644:dracut-module/README.md:$(DOCDIR)/dracut.md \
	0644:packaging/README.md:$(DOCDIR)/image-builders.md \
	0644:keys/first-boot.md:$(DOCDIR)/first-boot.md \
	0644:README.md:$(DOCDIR)/README.md \
	0644:NEWS.md:$(DOCDIR)/NEWS.md \
	0644:LICENSE:$(DOCDIR)/LICENSE

# The unit is on wherever it is installed: it has something to do only where the initramfs deferred a load.
UNIT_LINK := $(UNITDIR)/sysinit.target.wants/imaboot-late.service

install: all $(O)/imaboot-late.service $(O)/imaboot-bless.service ## put everything below DESTDIR and PREFIX
	$(Q)set -e; for entry in $(INSTALLED); do rest=$${entry#*:}; \
		install -D -m "$${entry%%:*}" "$${rest%%:*}" "$(DESTDIR)$${rest#*:}"; done; \
		install -d "$(DESTDIR)$(dir $(UNIT_LINK))"; ln -sfn ../imaboot-late.service "$(DESTDIR)$(UNIT_LINK)"

uninstall: ## take away what install put there
	$(Q)for entry in $(INSTALLED); do rm -f "$(DESTDIR)$${entry##*:}"; done; rm -f "$(DESTDIR)$(UNIT_LINK)"
	$(Q)rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(DOCDIR)/signing" "$(DESTDIR)$(DOCDIR)/policies" \
		"$(DESTDIR)$(DOCDIR)" "$(DESTDIR)$(HELPERDIR)" \
		"$(DESTDIR)$(DRACUTDIR)/modules.d/50imaboot" 2>/dev/null || true

clean: ## remove everything that was built
	$(Q)rm -rf $(O)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

-include $(BOOT_OBJ:.o=.d) $(AUTH_OBJ:.o=.d) $(HOST_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(UNITS:%=%.d) $(FUZZ_OBJ:.o=.d) $(FUZZERS:%=%.d)
