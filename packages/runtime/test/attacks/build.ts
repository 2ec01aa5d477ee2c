import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildProgram } from '../../../../tools/testing/killed-process.ts'

const sources = fileURLToPath(new URL('native/', import.meta.url))

const compile = (words: readonly string[]): void => {
  try {
    execFileSync('cc', ['-std=gnu11', '-O1', '-Wall', '-Wno-format-truncation', '-Wno-infinite-recursion', ...words], {
      cwd: sources,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (cause) {
    throw new Error('expected a C compiler and the headers of Linux; install them with: apt install gcc libc6-dev', {
      cause,
    })
  }
}

/** The programs of the attacks. */
export interface Built {
  /** The worker; beside it stand the packages that it needs where no wall gives it others. */
  readonly program: string
  /** The addon's package. */
  readonly addon: string
  readonly victim: string
}

/** Compiles everything into directories that every user may read. */
export const buildAttacks = (): Built & { remove(): void } => {
  if (process.platform !== 'linux') throw new Error(`expected Linux, found ${process.platform}`)
  const addon = mkdtempSync(join(tmpdir(), 'nootropic-attacks-'))
  const names = ['addon', 'files', 'processes', 'network', 'kernel', 'resources'].map((name) => `${name}.c`)
  compile(['-shared', '-fPIC', '-o', join(addon, 'attacks.node'), ...names])
  writeFileSync(join(addon, 'package.json'), '{ "name": "attacks", "main": "attacks.node" }')
  const victim = join(addon, 'victim')
  compile(['-o', victim, 'victim.c'])
  const program = buildProgram(new URL('attack-worker.ts', import.meta.url), ['koffi'])
  const directory = dirname(program)
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(addon, join(directory, 'node_modules/attacks'))
  symlinkSync(join(modules, 'koffi'), join(directory, 'node_modules/koffi'))
  for (const path of [addon, directory]) chmodSync(path, 0o755)
  return {
    ...{ program, addon, victim },
    remove() {
      for (const path of [addon, directory]) rmSync(path, { recursive: true })
    },
  }
}
