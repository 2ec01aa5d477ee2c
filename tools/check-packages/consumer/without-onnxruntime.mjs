// Opens a model in this process and in a sandbox where onnxruntime-node is not installed: both must say how to get it.
import { match, ok, rejects } from 'node:assert/strict'

const [core, inference, sandbox] = process.argv.slice(2)
const { isNootropicError } = await import(core)
const { createInProcessSessions } = await import(inference)
const { createSandbox } = await import(sandbox)
const { createNode, createOnnxModel, createValueInfo, writeOnnx } = await import(`${core}/formats`)
const value = (name) => createValueInfo({ name, type: 'float32', dims: [1] })
const graph = { name: 'graph', node: [createNode('Relu', ['x'], ['y'])], input: [value('x')], output: [value('y')] }
const model = { main: writeOnnx(createOnnxModel({ operatorSets: { '': 17 }, graph })) }
for (const sessions of [createInProcessSessions(), createSandbox({ require: 'none' })]) {
  await rejects(sessions.open(model), (error) => {
    ok(isNootropicError(error, 'PEER_DEPENDENCY_MISSING'), String(error))
    match(error.message, /ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node/)
    return true
  })
}
