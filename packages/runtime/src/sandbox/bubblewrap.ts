import { realpathSync } from 'node:fs'
import type { IsolationClaims } from './isolation.ts'
import { type WorkerFiles, workerEnvironment } from './worker-files.ts'

/** What bubblewrap enforces, and by which of its options. */
export const bubblewrapClaims: IsolationClaims = {
  namespaces: 'bubblewrap: own ipc, mount, network, pid, user and uts namespaces',
  filesystem: 'bubblewrap: a read-only root of Node, its libraries and onnxruntime',
  network: 'bubblewrap: an empty network namespace',
  environment: 'bubblewrap: a cleared environment',
  signals: 'bubblewrap: process ids of its own',
}

const bind = (source: string, target: string): string[] => ['--ro-bind', realpathSync(source), target]

/**
 * bubblewrap's arguments (bubblewrap 0.8): a root that holds nothing but what the worker needs, read-only, in namespaces
 * of its own, without capabilities. Libraries stand at the paths where the loader looks for them; links of package
 * managers are resolved.
 */
export const bubblewrapWords = (files: WorkerFiles): string[] => [
  ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
  // No user namespace inside: they widen the kernel's attack surface (CVE-2022-0185, CVE-2023-32233).
  '--disable-userns',
  ...['--uid', '65534', '--gid', '65534', '--hostname', 'sandbox'],
  // The worker must not outlive its host, nor type into its terminal (CVE-2017-5226).
  ...['--die-with-parent', '--new-session'],
  // As root, capabilities would otherwise be kept.
  ...['--clearenv', '--cap-drop', 'ALL'],
  ...bind(files.node, '/rt/node'),
  ...files.libraries.flatMap((library) => bind(library, library)),
  ...bind(files.program, '/rt/app/worker.mjs'),
  ...files.packages.flatMap(({ name, directory }) => bind(directory, `/rt/app/node_modules/${name}`)),
  ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev', '--chdir', '/rt/app', '--remount-ro', '/'],
  ...Object.entries(workerEnvironment).flatMap(([name, value]) => ['--setenv', name, value]),
]

/** What bubblewrap becomes, behind its own words. */
export const enclosedCommand: readonly string[] = ['--', '/rt/node', '/rt/app/worker.mjs']
