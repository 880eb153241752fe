# Everything a person types. Each target installs and builds what it needs.
.POSIX:
.PHONY: all demo test fault-test node-test live-test package-test vm-test vm-shell mutants script-mutants check bench fuzz build install uninstall rpm srpm-sources deb clean

LIBEXEC = /usr/libexec/mdev-preflight
HOOK = /etc/libvirt/hooks/qemu.d/50-mdev-preflight
CONFIG = /etc/mdev-preflight/config.toml
UNIT = /usr/lib/systemd/system/mdev-preflight.service
MAN = /usr/share/man
BASH = /usr/share/bash-completion/completions
ZSH = /usr/share/zsh/site-functions
FISH = /usr/share/fish/vendor_completions.d

# Commands that tests take, and the Debian packages that have them.
PACKAGING = rpmbuild=rpm dh=debhelper dpkg-buildpackage=dpkg-dev
MACHINES = qemu-system-x86_64=qemu-system-x86 qemu-img=qemu-utils mmdebstrap=mmdebstrap mke2fs=e2fsprogs ssh=openssh-client \
	setpriv=util-linux

all: build

# npm ci runs again only when the lock file changed.
node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund
	touch $@

build: node_modules/.installed
	@npm run --silent build

demo: build
	@bin/mdev-preflight demo

test: node_modules/.installed
	npm run --silent test

# What may go wrong around the hook (docs/reliability.md): stuck drivers, a hostile environment, injected faults, crowds.
# As root; a minute or two, in which the machine should have little else to do.
fault-test: node_modules/.installed
	npm run --silent fault-test

# The programs on each Node in test/node/versions.json, which npm gets into build/node.
node-test: node_modules/.installed
	@node scripts/node-test.mjs

# Real libvirtd and QEMU in namespaces; says by name what it skips where it cannot.
live-test: node_modules/.installed
	npm run --silent live-test

# Both packages, built, checked, installed into fresh systems, upgraded, removed, and the stories of live-test with what
# they install; as root.
package-test: node_modules/.installed
	@sh test/needs.sh package-test $(PACKAGING) rpmlint=rpmlint lintian=lintian mmdebstrap=mmdebstrap unshare=util-linux \
		gcc=gcc,libc6-dev
	npm run --silent package-test

# A real kernel and a real mdev driver, in two virtual machines: minutes, and root. What is heavy to build stays in
# build/kept.
vm-test: node_modules/.installed
	@sh test/needs.sh vm-test $(PACKAGING) $(MACHINES)
	npm run --silent vm-test

# The same two machines, up, for whoever wants to try something on them.
vm-shell: node_modules/.installed
	@sh test/needs.sh vm-shell $(PACKAGING) $(MACHINES)
	npm run --silent vm-shell

# Would the tests notice if what decides were written otherwise? Twenty minutes, as root; Stryker takes Node 22. Writes
# build/mutants/report.html.
mutants: node_modules/.installed
	npm run --silent mutants

# The same for hooks/qemu: more than an hour, as root, with little else running. Writes build/mutants/script.txt.
script-mutants: build
	@node scripts/build-test-programs.mjs
	@node build/script-mutants.cjs

check: node_modules/.installed
	npm run --silent check

# Everything that a package has, in its places below DESTDIR: the packages take it from here. A configuration that is
# there already stays. Compiled code (docs/decisions/0008) is of the machine where it runs: packages make it there.
install: build
	install -D -m 755 -t $(DESTDIR)/usr/bin bin/mdev-preflight
	install -D -m 644 -t $(DESTDIR)$(LIBEXEC) dist/hook.cjs dist/gather.cjs dist/mdev-preflight.cjs dist/execa.cjs \
		dist/start.cjs dist/compile.cjs
	install -D -m 755 -t $(DESTDIR)$(LIBEXEC)/hooks hooks/qemu
	install -D -m 755 hooks/qemu $(DESTDIR)$(HOOK)
	test -e $(DESTDIR)$(CONFIG) || install -D -m 644 packaging/config.toml $(DESTDIR)$(CONFIG)
	install -D -m 644 packaging/mdev-preflight.service $(DESTDIR)$(UNIT)
	install -D -m 644 -t $(DESTDIR)$(MAN)/man8 packaging/man/mdev-preflight.8
	install -D -m 644 -t $(DESTDIR)$(MAN)/man5 packaging/man/mdev-preflight-config.5
	install -D -m 644 packaging/completion/mdev-preflight.bash $(DESTDIR)$(BASH)/mdev-preflight
	install -D -m 644 -t $(DESTDIR)$(ZSH) packaging/completion/_mdev-preflight
	install -D -m 644 -t $(DESTDIR)$(FISH) packaging/completion/mdev-preflight.fish
	test -n "$(DESTDIR)" || node $(LIBEXEC)/compile.cjs

# The configuration stays.
uninstall:
	rm -f $(DESTDIR)$(HOOK) $(DESTDIR)$(UNIT) $(DESTDIR)/usr/bin/mdev-preflight
	rm -f $(DESTDIR)$(MAN)/man8/mdev-preflight.8 $(DESTDIR)$(MAN)/man5/mdev-preflight-config.5
	rm -f $(DESTDIR)$(BASH)/mdev-preflight $(DESTDIR)$(ZSH)/_mdev-preflight $(DESTDIR)$(FISH)/mdev-preflight.fish
	rm -rf $(DESTDIR)$(LIBEXEC)

# The packages, into build/packages. Both take what they are made of from git: an uncommitted new file is not in them.
rpm: node_modules/.installed
	sh packaging/rpm.sh build/packages

# What the source RPM is made of, for builders that make it themselves (.packit.yaml).
srpm-sources: node_modules/.installed
	sh packaging/sources.sh build/sources

deb: node_modules/.installed
	sh packaging/deb.sh build/packages

clean:
	rm -rf dist build coverage node_modules

# What everything costs on this machine, in bench/results.md: minutes, as root, with nothing else running.
bench: build
	@node scripts/build-test-programs.mjs
	@node build/bench.cjs

# Hostile documents for what reads them, guided by the code they reach: make fuzz SECONDS=600 SEED=1. What is found is
# written into build/findings.
SECONDS = 60
SEED =
fuzz: node_modules/.installed
	@node scripts/build-test-programs.mjs
	@node build/fuzz.cjs --seconds $(SECONDS) $(SEED:%=--seed=%)
