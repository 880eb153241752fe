// One parent device, and what its driver can be told to do (test/vm/driver/README.md).

/** What a driver starts with: it supports migration, and wants its own version. */
const DEFAULTS = {
  device_id: '0x591d',
  software_version: 1,
  supported: 'Y',
  type_node: 'Y',
  device_node: 'Y',
  read_errno: 0,
  write_errno: 0,
  /** 0: no; 1: until a signal comes; 2: whatever comes. */
  write_hangs: 0,
  /** Older versions are welcome, too. */
  accept_older: 'N',
  /** A state that is not welcome is refused as it arrives, not when it has arrived. */
  refuse_in_stream: 'N',
} as const;

export type Settings = Readonly<Partial<Record<keyof typeof DEFAULTS, string | number>>>;

export interface Gpu {
  /** Its PCI address, which is the parent's name. */
  readonly parent: string;
  set(settings: Settings): Promise<void>;
  reset(): Promise<void>;
  createMdev(uuid: string): Promise<void>;
}

const DRIVER = 'gvt_sample';
/** The mdev type of all stories. */
const TYPE = `${DRIVER}-GVTg_V5_4`;

/** `run`: a line for the shell of the host. */
export function gpu(parent: string, run: (line: string) => Promise<string>): Gpu {
  const set = async (settings: Settings): Promise<void> => {
    const lines = Object.entries(settings).map(([name, value]) => `echo ${String(value)} >${name}`);
    await run(`cd /sys/kernel/debug/${DRIVER}/${parent} && ${lines.join(' && ')}`);
  };
  return {
    parent,
    set,
    reset: () => set(DEFAULTS),
    async createMdev(uuid) {
      await run(`echo ${uuid} >/sys/class/mdev_bus/${parent}/mdev_supported_types/${TYPE}/create`);
    },
  };
}
