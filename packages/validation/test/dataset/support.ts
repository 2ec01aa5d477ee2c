import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of its own with these files; it is gone after the test. */
export const folderOf = async (files: Readonly<Record<string, Uint8Array | string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'nootropic-dataset-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

/** A file of its own; it is gone after the test. */
export const fileOf = async (name: string, content: Uint8Array | string): Promise<string> =>
  join(await folderOf({ [name]: content }), name)

/** A fixture that tools/dataset-fixtures wrote. */
export const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'))

export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** A `.npy` file with any header. */
export const npyOf = (header: string, data: Uint8Array): Buffer => {
  const text = Buffer.from(`${header}\n`, 'latin1')
  const prefix = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  prefix.writeUInt16LE(text.length, 8)
  return Buffer.concat([prefix, text, data])
}

/** A `.npy` file of float32. */
export const floatsOf = (shape: readonly number[], values: readonly number[]): Buffer =>
  npyOf(
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`,
    new Uint8Array(Float32Array.from(values).buffer),
  )
