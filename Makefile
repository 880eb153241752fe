# Everything a person types. Each target installs and builds what it needs.
.POSIX:
.PHONY: all demo test live-test vm-test vm-shell check bench live-bench build install uninstall clean

LIBEXEC = /usr/libexec/mdev-preflight
HOOK = /etc/libvirt/hooks/qemu.d/50-mdev-preflight
UNIT = /etc/systemd/system/mdev-preflight.service

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

# Real libvirtd and QEMU in namespaces; says by name what it skips where it cannot.
live-test: node_modules/.installed
	npm run --silent live-test

# A real kernel and a real mdev driver, in two virtual machines: minutes, and root. What is heavy to build stays in
# build/vm.
vm-test: node_modules/.installed
	@sh test/vm/needs.sh
	npm run --silent vm-test

# The same two machines, up, for whoever wants to try something on them.
vm-shell: node_modules/.installed
	@sh test/vm/needs.sh
	npm run --silent vm-shell

check: node_modules/.installed
	npm run --silent check

# As a package would: the programs, the command, the hook, the service, in its places below DESTDIR.
install: build
	install -D -m 644 -t $(DESTDIR)$(LIBEXEC) dist/hook.cjs dist/gather.cjs
	install -m 755 -t $(DESTDIR)$(LIBEXEC) dist/mdev-preflight.cjs
	install -D -m 755 -t $(DESTDIR)$(LIBEXEC)/hooks hooks/qemu
	install -d $(DESTDIR)/usr/bin
	ln -sf ../libexec/mdev-preflight/mdev-preflight.cjs $(DESTDIR)/usr/bin/mdev-preflight
	install -D -m 755 hooks/qemu $(DESTDIR)$(HOOK)
	install -D -m 644 packaging/mdev-preflight.service $(DESTDIR)$(UNIT)

uninstall:
	rm -f $(DESTDIR)$(HOOK) $(DESTDIR)$(UNIT) $(DESTDIR)/usr/bin/mdev-preflight
	rm -rf $(DESTDIR)$(LIBEXEC)

clean:
	rm -rf dist build coverage node_modules

bench: build
	node bench/hook-path.mjs

live-bench: node_modules/.installed
	npm run --silent live-bench
