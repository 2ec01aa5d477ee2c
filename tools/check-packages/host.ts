import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.ts'
import { typeTools } from './types.ts'

const npm = (words: readonly string[], cwd: string): Promise<string> =>
  run('npm', [...words, '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd,
    // As the README says: onnxruntime-node's install script only fetches CUDA libraries, and fails without a network.
    environment: { ONNXRUNTIME_NODE_INSTALL: 'skip' },
  })

/** Makes an empty folder into a host: installs the tarballs and onnxruntime-node with npm, and takes the fixtures in. */
export const installHost = async (folder: string, tarballs: readonly string[]): Promise<void> => {
  mkdirSync(folder)
  // Without it npm would install into the nearest folder above that has one.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  await npm(['install', ...tarballs, 'onnxruntime-node'], folder)
  await npm(['install', '--save-dev', ...typeTools], folder)
  cpSync(fileURLToPath(new URL('consumer', import.meta.url)), folder, { recursive: true })
}

/** Takes onnxruntime-node away from a host, as if it had never been installed. */
export const removeOnnxRuntime = (folder: string): void =>
  rmSync(join(folder, 'node_modules/onnxruntime-node'), { recursive: true })
