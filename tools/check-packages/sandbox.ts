import { root } from '../workspace.ts'
import { run, runNode } from './run.ts'

const model = `${root}examples/guard-a-model/models/digits/model.onnx`

/** Whether bubblewrap is there, and this user may make namespaces. */
const hasBubblewrap = (folder: string): Promise<boolean> =>
  run('bwrap', ['--ro-bind', '/', '/', '--unshare-all', 'true'], { cwd: folder }).then(
    () => true,
    () => false,
  )

/** Runs a model where the worker program is in node_modules. */
export const checkSandbox = async (folder: string): Promise<string> => {
  const runAt = async (level: string): Promise<string> =>
    (await runNode('run-model.mjs', ['@nootropic/runtime/sandbox', model, level], folder)).trim()
  const first = `a model runs at "none" (proved: "${await runAt('none')}")`
  if (!(await hasBubblewrap(folder))) return `${first}; NOT checked at "standard": bubblewrap does not work here`
  return `${first} and at "standard" (proved: "${await runAt('standard')}")`
}
