import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type CommandAnswer, runIn } from './run-command.ts'

/** A directory with a model and keys, gone after the test, and the command run in it. */
export interface Workplace {
  readonly directory: string
  nootropic(...words: string[]): Promise<CommandAnswer>
  /** The same with `--json`, its document parsed. */
  json(...words: string[]): Promise<{ readonly exit: number; readonly document: Document }>
  write(path: string, content: string | Uint8Array): string
}

/** What `--json` of sign, verify and sbom has, as far as the tests look at it. */
export interface Document {
  readonly schemaVersion: number
  readonly verdict?: string
  readonly code?: string
  readonly subject: { readonly path: string; readonly digest?: string }
  readonly signer?: Readonly<Record<string, string>> | null
  readonly findings: readonly { readonly rule: string; readonly location: { readonly path: string } }[]
  readonly error?: { readonly code: string; readonly message: string }
}

export const modelFiles: Readonly<Record<string, string>> = {
  'model.onnx': 'weights',
  'config.json': '{"layers":2}',
  'data/part-1.bin': 'one',
}

/** A workplace whose model `digits` has {@link modelFiles}. */
export const createWorkplace = (): Workplace => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-sign-command-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const write = (path: string, content: string | Uint8Array): string => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content, { mode: 0o600 })
    return join(directory, path)
  }
  for (const [path, content] of Object.entries(modelFiles)) write(join('digits', path), content)
  const nootropic = (...words: string[]) => runIn(directory, words)
  return {
    directory,
    write,
    nootropic,
    json: async (...words) => {
      const { exit, output } = await nootropic(...words, '--json')
      return { exit, document: JSON.parse(output) as Document }
    },
  }
}

export interface KeyFiles {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Writes `<name>.pem` and `<name>.pub`. */
export const writeKeys = ({ write }: Workplace, name: string, namedCurve = 'P-256'): KeyFiles => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  write(`${name}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  write(`${name}.pub`, publicKey.export({ type: 'spki', format: 'pem' }))
  return { privateKey, publicKey }
}
