import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { makeTemporaryDirectory } from '../temporary-directory.ts'
import type { BundleConfig } from './bundle.ts'

/** Where runsc keeps what it knows of a worker, below the bundle. */
export const stateOf = (bundle: string): string => join(bundle, 'state')

/** A directory that whoever the worker becomes is let through, whatever this process's umask is. */
const makeDirectory = (path: string, above: string): void => {
  if (path === above) return
  makeDirectory(dirname(path), above)
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o755)
}

/** What is mounted stands on something of its kind: runsc may not make it here once it is nobody. */
const makeMountPoint = (root: string, { destination, type, source }: BundleConfig['mounts'][number]): void => {
  const place = join(root, destination)
  const isFile = type === 'bind' && !statSync(source).isDirectory()
  makeDirectory(isFile ? dirname(place) : place, dirname(root))
  if (isFile) writeFileSync(place, '')
}

const attempt = (act: () => void): void => {
  try {
    act()
  } catch {
    // Gone, or somebody else's.
  }
}

/** Removes a bundle that nobody runs from; what is not this user's stays. */
export const removeBundle = (bundle: string): void => {
  const state = stateOf(bundle)
  // A host that is root gave this directory to nobody, who could put a link there meanwhile: nothing is followed (CWE-59).
  attempt(() => {
    for (const name of readdirSync(state)) attempt(() => unlinkSync(join(state, name)))
    rmdirSync(state)
    rmSync(bundle, { recursive: true })
  })
}

/** Which set of process ids this process is counted in: the same number means another process elsewhere, as in a container. */
const pidsOf = (): string => {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

const purpose = (): string => `gvisor-${pidsOf()}`

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Whether this user made what stands there, and nobody else can change it. */
const isOurs = (directory: string): boolean => {
  const { uid, mode } = lstatSync(directory)
  return uid === process.getuid?.() && (mode & 0o170022) === 0o040000
}

/** Removes the bundles of hosts that were killed. */
export const sweepBundles = (place: string = tmpdir()): void => {
  const pattern = new RegExp(`^nootropic-${purpose()}-(\\d+)-`)
  for (const name of readdirSync(place)) {
    const [, host] = pattern.exec(name) ?? []
    if (host === undefined || isRunning(Number(host))) continue
    attempt(() => isOurs(join(place, name)) && removeBundle(join(place, name)))
  }
}

/**
 * A bundle on disk, which names files and holds none, for runsc to run as `user`, or as this one.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE`
 */
export const makeBundle = (config: BundleConfig, user: number | undefined): string => {
  attempt(() => sweepBundles())
  const bundle = makeTemporaryDirectory(purpose())
  try {
    const root = join(bundle, config.root.path)
    chmodSync(bundle, 0o755)
    makeDirectory(root, bundle)
    for (const mount of config.mounts) makeMountPoint(root, mount)
    mkdirSync(stateOf(bundle), { mode: 0o700 })
    if (user !== undefined) chownSync(stateOf(bundle), user, user)
    const description = join(bundle, 'config.json')
    writeFileSync(description, JSON.stringify(config))
    chmodSync(description, 0o644)
    return bundle
  } catch (cause) {
    removeBundle(bundle)
    const found = cause instanceof Error ? cause.message : 'unknown'
    throw new NootropicError(
      'ISOLATION_UNAVAILABLE',
      `expected to lay out a root for gVisor in ${bundle}, found ${found}; set TMPDIR to a directory that this user can write`,
      { cause },
    )
  }
}
