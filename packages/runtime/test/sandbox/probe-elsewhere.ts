import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Told } from './probe-process.ts'

const program = fileURLToPath(new URL('probe-process.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** What a host tells that is started by `prefix`, once for each list of tools that are hidden from it. */
export const probeElsewhere = async (
  prefix: readonly string[],
  machines: readonly (readonly string[])[] = [[]],
): Promise<Told[]> => {
  const node = [
    process.execPath,
    '--conditions=@nootropic/source',
    '--import',
    loader,
    program,
    JSON.stringify(machines),
  ]
  const [first = '', ...words] = [...prefix, ...node]
  const { stdout } = await promisify(execFile)(first, words, {
    env: { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1' },
  })
  return JSON.parse(stdout)
}
