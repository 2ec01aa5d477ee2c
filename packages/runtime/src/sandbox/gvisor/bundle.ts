import { realpathSync } from 'node:fs'
import { nobody } from '../launch.ts'
import { type WorkerFiles, workerEnvironment } from '../worker-files.ts'

// What runsc starts is described by the runtime specification of the Open Container Initiative, version 1.0.2: a `config.json`
// beside a root.

/** A place in the worker's root, and what stands there. */
interface Mount {
  readonly destination: string
  readonly type: 'bind' | 'proc' | 'tmpfs'
  readonly source: string
  readonly options: readonly string[]
}

/** As much of the specification's `config.json` as a worker has. */
export interface BundleConfig {
  readonly ociVersion: string
  readonly process: Readonly<Record<string, unknown>>
  readonly root: { readonly path: string; readonly readonly: true }
  readonly hostname: string
  readonly mounts: readonly Mount[]
  readonly linux: { readonly namespaces: readonly { readonly type: string }[] }
}

const bind = (source: string, destination: string): Mount => ({
  destination,
  type: 'bind',
  source: realpathSync(source),
  options: ['ro', 'rbind', 'nosuid', 'nodev'],
})

const inert = ['ro', 'nosuid', 'nodev', 'noexec']

const none: readonly string[] = []
const noCapabilities = { bounding: none, effective: none, inheritable: none, permitted: none, ambient: none }

/**
 * A root that holds nothing but what the worker needs, read-only, without a network, for a user without capabilities.
 * Libraries stand at the paths where the loader looks for them; links of package managers are resolved.
 */
export const bundleConfig = (files: WorkerFiles, launcher: string, order: string): BundleConfig => ({
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: nobody, gid: nobody },
    args: ['/rt/node', '/rt/app/launcher.mjs', order],
    // The launcher's too: it counts on Node mapping as much for it as for the worker.
    env: Object.entries(workerEnvironment).map(([name, value]) => `${name}=${value}`),
    cwd: '/rt/app',
    capabilities: noCapabilities,
    noNewPrivileges: true,
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'sandbox',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc', options: inert },
    // Where nothing is said, runsc puts a tree of devices, and a directory that can be written.
    { destination: '/sys', type: 'tmpfs', source: 'tmpfs', options: inert },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: inert },
    bind(files.node, '/rt/node'),
    ...files.libraries.map((library) => bind(library, library)),
    bind(launcher, '/rt/app/launcher.mjs'),
    bind(files.program, '/rt/app/worker.mjs'),
    ...files.packages.map(({ name, directory }) => bind(directory, `/rt/app/node_modules/${name}`)),
  ],
  linux: { namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })) },
})
