// The SELinux policy module: that it compiles, allows what the hook does, and nothing that it must not.
import { execaSync } from 'execa';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cilText, parseCil, rules } from './cil.ts';

const MODULE = 'packaging/selinux/mdev_preflight.cil';
const BASE = 'test/packaging/selinux-base.cil';
const text = readFileSync(MODULE, 'utf8');
const statements = parseCil(text);
const has = (program: string): boolean => execaSync('which', [program], { reject: false }).exitCode === 0;

/** Compiles the base with this module: the policy's file, and the file contexts. */
function compile(module: string): { failure: string | null; policy: string; contexts: string } {
  const home = mkdtempSync(join(tmpdir(), 'selinux-'));
  const [file, policy, contexts] = [join(home, 'module.cil'), join(home, 'policy'), join(home, 'file_contexts')];
  writeFileSync(file, module);
  // Version 33: Linux 5.12 and later have it, and libsepol since 3.2.
  const words = ['-M', '1', '-c', '33', '-o', policy, '-f', contexts, BASE, file];
  const { exitCode, all } = execaSync('secilc', words, { reject: false, all: true });
  if (exitCode !== 0) return { failure: all, policy, contexts: '' };
  return { failure: null, policy, contexts: readFileSync(contexts, 'utf8') };
}

describe(MODULE, () => {
  it('lets the hook do this, and no more', () => {
    expect(rules(statements, 'allow', 'mdev_preflight_t')).toEqual([
      'mdev_preflight_exec_t file: entrypoint execute getattr ioctl map open read',
      'virt_etc_t dir: getattr search',
      'virt_hook_t dir: getattr search',
      'virtqemud_t fd: use',
      'virtqemud_t fifo_file: getattr ioctl read write',
      'virtqemud_t process: sigchld',
      'shell_exec_t file: execute execute_no_trans getattr ioctl map open read',
      'bin_t file: execute execute_no_trans getattr ioctl map open read',
      'self process: setpgid',
      'self process: execmem',
      'proc_t dir: getattr open read search',
      'proc_t file: getattr open read',
      'cgroup_t dir: getattr search',
      'cgroup_t file: getattr open read',
      'cert_t dir: getattr search',
      'cert_t lnk_file: getattr read',
      'cert_t file: getattr open read',
      'sysfs_t dir: getattr open read search',
      'sysfs_t lnk_file: getattr read',
      'sysfs_t file: getattr open read write',
      'kmsg_device_t chr_file: getattr open read',
      'self capability2: syslog',
      'kernel_t system: syslog_read',
      'self unix_dgram_socket: connect create getattr getopt setopt write',
      'devlog_t lnk_file: getattr read',
      'init_var_run_t dir: getattr search',
      'syslogd_var_run_t dir: getattr search',
      'devlog_t sock_file: getattr write',
      'syslogd_t unix_dgram_socket: sendto',
      'kernel_t unix_dgram_socket: sendto',
      'virtqemud_t dir: getattr search',
      'virtqemud_t lnk_file: getattr read',
      'virtqemud_t file: read',
      'virtqemud_exec_t file: execute execute_no_trans getattr map open read',
      'virt_var_lib_t dir: getattr search',
      'qemu_var_run_t dir: add_name getattr remove_name search write',
      'qemu_var_run_t file: getattr link rename unlink',
      'svirt_image_t file: getattr link rename unlink',
      'self capability: dac_override dac_read_search fowner',
    ]);
  });

  it('lets the daemon start the hook, see it, and end it', () => {
    expect(rules(statements, 'allow', 'virtqemud_t')).toEqual([
      'mdev_preflight_t process: transition',
      'virt_hook_t dir: getattr open read search',
      'mdev_preflight_exec_t file: execute getattr map open read',
      'shell_exec_t file: execute getattr open read',
      'mdev_preflight_t process: sigkill signal signull',
    ]);
  });

  it('is of these two sources and of statements that allow nothing besides', () => {
    const others = statements
      .map(cilText)
      .filter((it) => !/^\((?:allow|dontaudit) (?:mdev_preflight|virtqemud)_t /.test(it));
    expect(others).toEqual([
      '(type mdev_preflight_t)',
      '(roletype system_r mdev_preflight_t)',
      '(typeattributeset domain (mdev_preflight_t))',
      '(type mdev_preflight_exec_t)',
      '(roletype object_r mdev_preflight_exec_t)',
      ...[
        'file_type',
        'non_security_file_type',
        'non_auth_file_type',
        'exec_type',
        'application_exec_type',
        'entry_type',
      ].map((attribute) => `(typeattributeset ${attribute} (mdev_preflight_exec_t))`),
      '(filecon "/etc/libvirt/hooks/qemu\\.d/50-mdev-preflight" file (system_u object_r mdev_preflight_exec_t ((s0) (s0))))',
      '(typetransition virtqemud_t mdev_preflight_exec_t process mdev_preflight_t)',
      '(typepermissive mdev_preflight_t)',
    ]);
  });

  it('has a comment for every group of rules, and execmem in a group of its own', () => {
    const groups = text.split(/\n(?:\n|(?=;))/).filter((group) => /^\(/m.test(group));
    for (const group of groups) expect(group).toMatch(/^;|^\((?:filecon|typetransition) /);
    const [, between = ''] = /^; -+ execmem -+\n([^]*?)^; -+ end of execmem -+$/m.exec(text) ?? [];
    expect(parseCil(between).map(cilText)).toEqual(['(allow mdev_preflight_t self (process (execmem)))']);
    expect(text.replace(between, '')).not.toContain('(execmem)');
  });
});

// Each breaks a promise that docs/selinux.md makes.
const FORBIDDEN = [
  '(allow mdev_preflight_t etc_t (file (write)))',
  '(allow mdev_preflight_t virt_etc_rw_t (file (append)))',
  '(allow mdev_preflight_t domain (file (write)))',
  '(allow mdev_preflight_t sysfs_t (file (create)))',
  '(allow mdev_preflight_t sysfs_t (file (setattr)))',
  '(allow mdev_preflight_t sysfs_t (dir (write)))',
  '(allow mdev_preflight_t etc_t (dir (add_name)))',
  '(allow mdev_preflight_t virt_image_t (file (link)))',
  '(allow mdev_preflight_t qemu_var_run_t (dir (create)))',
  '(allow mdev_preflight_t qemu_var_run_t (file (read)))',
  '(allow mdev_preflight_t svirt_image_t (file (write)))',
  '(allow mdev_preflight_t shadow_t (file (read)))',
  '(allow mdev_preflight_t kmsg_device_t (chr_file (write)))',
  '(allow mdev_preflight_t self (tcp_socket (create)))',
  '(allow mdev_preflight_t self (capability (sys_admin)))',
  '(allow mdev_preflight_t self (capability2 (bpf)))',
  '(allow mdev_preflight_t self (process (execstack)))',
  '(allow mdev_preflight_t virtqemud_t (process (ptrace)))',
  '(allow mdev_preflight_t svirt_t (process (signal)))',
  '(allow mdev_preflight_t virt_hook_unconfined_t (process (transition)))',
  '(allow mdev_preflight_t bin_t (file (entrypoint)))',
  '(allow unconfined_t mdev_preflight_t (process (transition)))',
  '(allow virtqemud_t mdev_preflight_exec_t (file (execute_no_trans)))',
  '(allow virtqemud_t virt_hook_t (file (execute)))',
  '(allow virtqemud_t sysfs_t (file (write)))',
  '(allow virtqemud_t self (process (execmem)))',
];

describe.skipIf(!has('secilc'))('compiled (needs secilc)', () => {
  it('names nothing that the base, with Fedora’s names, has not, and keeps what is forbidden', () => {
    const { failure, contexts } = compile(text);
    expect(failure).toBeNull();
    expect(contexts.trim()).toMatch(
      /^\/etc\/libvirt\/hooks\/qemu\\\.d\/50-mdev-preflight\s+--\s+system_u:object_r:mdev_preflight_exec_t:s0$/,
    );
  });

  it('compiles without execmem as well', () => {
    expect(compile(text.replace('(allow mdev_preflight_t self (process (execmem)))', '')).failure).toBeNull();
  });

  it('would not compile with any of these', () => {
    const { failure } = compile(`${text}\n${FORBIDDEN.join('\n')}\n`);
    expect(failure).toMatch(/neverallow check failed/);
    const found = [...(failure ?? '').matchAll(/^ +(\(allow .*\))$/gm)].map(([, rule]) => rule);
    expect([...new Set(found)].sort()).toEqual([...FORBIDDEN].sort());
  });

  it('would not compile where the hook’s domain were none', () => {
    expect(compile(text.replace('(typeattributeset domain (mdev_preflight_t))', '')).failure).toMatch(/neverallow/);
  });

  it('would not load where the policy has no virtqemud_t', () => {
    expect(compile(text.replaceAll('virtqemud_t', 'virtqemud_of_rhel9_t')).failure).toMatch(/Failed to resolve/);
  });

  it.skipIf(!has('sesearch'))('makes the hook’s process one of its own domain (needs sesearch)', () => {
    const { policy } = compile(text);
    const { stdout } = execaSync('sesearch', ['-T', '-A', '-t', 'mdev_preflight_exec_t', policy]);
    expect(stdout.trim().split('\n')).toEqual([
      'allow mdev_preflight_t mdev_preflight_exec_t:file { entrypoint execute getattr ioctl map open read };',
      'allow virtqemud_t mdev_preflight_exec_t:file { execute getattr map open read };',
      'type_transition virtqemud_t mdev_preflight_exec_t:process mdev_preflight_t;',
    ]);
  });
});
