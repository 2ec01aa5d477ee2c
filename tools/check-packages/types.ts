import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from '../workspace.ts'
import { runNode } from './run.ts'

const native = `${root}node_modules/@typescript/native/bin/tsc`
const six = `${root}node_modules/typescript/bin/tsc6`

interface Compilation {
  readonly compiler: string
  readonly moduleResolution: 'nodenext' | 'bundler'
  /** Whether declarations are checked as well, and not only read: three times the work. */
  readonly isThorough: boolean
}

// The compilers that hosts have: the oldest that reads our declarations, and the last of each major version since.
const compilations: readonly Compilation[] = [
  { compiler: 'typescript-5.4/bin/tsc', moduleResolution: 'nodenext', isThorough: true },
  { compiler: 'typescript-5.4/bin/tsc', moduleResolution: 'bundler', isThorough: false },
  { compiler: 'typescript-5.9/bin/tsc', moduleResolution: 'nodenext', isThorough: false },
  { compiler: 'typescript-5.9/bin/tsc', moduleResolution: 'bundler', isThorough: false },
  { compiler: six, moduleResolution: 'nodenext', isThorough: false },
  { compiler: six, moduleResolution: 'bundler', isThorough: false },
  { compiler: native, moduleResolution: 'nodenext', isThorough: true },
  { compiler: native, moduleResolution: 'bundler', isThorough: true },
]

/** What the host installs beside us to compile: the compilers that the workspace lacks, and Node's types. */
export const typeTools = [
  'typescript-5.4@npm:typescript@5.4.5',
  'typescript-5.9@npm:typescript@5.9.3',
  '@types/node@20',
]

// What a host would write, so that a type which silently became `any` shows.
const use = `
import { openNootropic, type Nootropic } from 'nootropic'
import { type Tensor, isNootropicError } from '@nootropic/core'
import { createSandbox } from '@nootropic/runtime/sandbox'

const nootropic: Nootropic = await openNootropic({ manifests: './security/models' })
const image: Tensor = { type: 'float32', dims: [1, 1, 28, 28], data: new Float32Array(784) }
const { outputs } = await nootropic.execute({ model: 'digits', inputs: { image }, credential: 'nsk_live' })
export const first: number | bigint | string | undefined = outputs.logits?.data[0]
export const digest: \`sha256:\${string}\` = (await nootropic.register('.', { name: 'd', version: '1.0.0' })).ref.digest

// @ts-expect-error: a level that does not exist
createSandbox({ require: 'perfect' })
try {
  await nootropic.close()
} catch (error) {
  // @ts-expect-error: a code that does not exist
  if (isNootropicError(error, 'NO_SUCH_CODE')) throw error
}
`

/** Compiles a host of every entry with each compiler, under each way to find modules. */
export const checkTypes = async (folder: string, specifiers: readonly string[]): Promise<string> => {
  const imports = specifiers.map((specifier, index) => `export * as entry${index} from '${specifier}'\n`).join('')
  writeFileSync(join(folder, 'host.mts'), imports + use)
  for (const { compiler, moduleResolution, isThorough } of compilations) {
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: !isThorough,
      module: moduleResolution === 'bundler' ? 'esnext' : moduleResolution,
      moduleResolution,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['host.mts'] }))
    await runNode(resolve(folder, 'node_modules', compiler), [], folder)
  }
  return 'a host of every entry compiles with TypeScript 5.4, 5.9, 6.0 and 7.0, by nodenext and by bundler'
}
