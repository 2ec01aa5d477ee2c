import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { NootropicError } from '@nootropic/core'
import { z } from 'zod'

/** Everything on disk that a worker needs to run, and nothing else. */
export interface WorkerFiles {
  readonly node: string
  /** The built worker program: one file. */
  readonly program: string
  /** Shared libraries, by the paths the loader looks for them at. */
  readonly libraries: readonly string[]
  /** Packages, by the names they are imported under. */
  readonly packages: readonly { readonly name: string; readonly directory: string }[]
}

/**
 * What a worker's environment holds.
 *
 * The telemetry of onnxruntime is off; see core's inference. Memory for tensors up to 32 MiB, the most that mallopt(3)
 * takes, is kept for the next run and not returned to the kernel, which would have to clear every page of it anew: that took
 * half of a run with 16 MiB of outputs. One arena, because glibc returns what others hold whatever it is told, and a thread
 * changes to another when memory was short once.
 */
export const workerEnvironment = {
  ORT_DISABLE_TELEMETRY: '1',
  ORT_TELEMETRY_DISABLED: '1',
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: `${32 * 1024 ** 2}`,
  MALLOC_TRIM_THRESHOLD_: `${256 * 1024 ** 2}`,
} as const

const findProgram = (): string => {
  try {
    return createRequire(import.meta.url).resolve('@nootropic/runtime/worker')
  } catch (cause) {
    throw new NootropicError(
      'ISOLATION_UNAVAILABLE',
      'expected the built worker program dist/worker.js of @nootropic/runtime; it is not there. In a checkout, build ' +
        'it with: pnpm --filter @nootropic/core --filter @nootropic/runtime build',
      { cause },
    )
  }
}

/** The directory of the package that `name` resolves to from `from`: the nearest one above that has a package.json. */
const findPackage = (name: string, from: string): string => {
  let directory = dirname(createRequire(from).resolve(name))
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory)
  return realpathSync(directory)
}

const findPackages = (program: string): WorkerFiles['packages'] => {
  try {
    const runtime = findPackage('onnxruntime-node', program)
    // Its other dependencies serve its install script only.
    const common = findPackage('onnxruntime-common', join(runtime, 'package.json'))
    return [
      { name: 'onnxruntime-node', directory: runtime },
      { name: 'onnxruntime-common', directory: common },
    ]
  } catch (cause) {
    throw new NootropicError(
      'PEER_DEPENDENCY_MISSING',
      'expected the package onnxruntime-node beside @nootropic/runtime. ' +
        'Install it with: ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node',
      { cause },
    )
  }
}

/** koffi, by which a worker narrows itself and maps memory; nothing where it is not installed. */
const findKoffi = (program: string): WorkerFiles['packages'] => {
  try {
    const koffi = findPackage('koffi', program)
    const name = `@koromix/koffi-${process.platform}-${process.arch}`
    return [
      { name: 'koffi', directory: koffi },
      { name, directory: findPackage(name, join(koffi, 'package.json')) },
    ]
  } catch {
    return []
  }
}

// Node names the libraries of its own process: one that has loaded onnxruntime and no model. (`ldd` would do, where it is.)
const listLibraries = `
  require(process.argv[1])
  process.report.excludeNetwork = true
  process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects))
`

/** @throws NootropicError `ISOLATION_UNAVAILABLE` (not built) or `PEER_DEPENDENCY_MISSING` */
export const findWorkerFiles = async (): Promise<WorkerFiles> => {
  const program = realpathSync(findProgram())
  const packages = [...findPackages(program), ...findKoffi(program)]
  const runtime = packages[0]?.directory ?? ''
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', listLibraries, runtime], {
    env: workerEnvironment,
    timeout: 60_000,
    maxBuffer: 1024 * 1024,
  }).catch((cause: unknown) => {
    throw new NootropicError(
      'PEER_DEPENDENCY_MISSING',
      'expected onnxruntime-node to load; reinstall it for this platform',
      {
        cause,
      },
    )
  })
  const libraries = z
    .array(z.string())
    .parse(JSON.parse(stdout))
    .filter((path) => path.startsWith('/') && !packages.some(({ directory }) => path.startsWith(`${directory}/`)))
  return { node: realpathSync(process.execPath), program, libraries, packages }
}
