import type { AttributeProto, NodeProto, OnnxModel } from '@nootropic/core/formats'
import type { RoomFixtures } from './fixture.ts'
import {
  calling,
  createGraph,
  createNode,
  definition,
  imports,
  inDomain,
  model,
  oneNode,
  writeOnnx,
} from './onnx-models.ts'

const call = (name: string, times = 1): NodeProto[] =>
  Array.from({ length: times }, (_, index) => ({
    ...createNode(name, [index === 0 ? 'a' : `t${index - 1}`], [index === times - 1 ? 'b' : `t${index}`]),
    domain: 'acme',
  }))

/** Functions that each call the one before so many times. */
const tower = (height: number, times: number) => [
  definition('F0', [createNode('Relu', ['a'], ['b'])]),
  ...Array.from({ length: height }, (_, index) => definition(`F${index + 1}`, call(`F${index}`, times))),
]

/** A Softmax whose attributes are changed. */
const softmax = (change: (attribute: AttributeProto) => readonly AttributeProto[]): Uint8Array => {
  const node = createNode('Softmax', ['x'], ['y'], { axis: 1n })
  return writeOnnx(model([{ ...node, attribute: node.attribute.flatMap(change) }]))
}

const inBranch = (opType: string): OnnxModel => {
  const branch = createGraph({ name: 'b', node: [createNode(opType, ['x'], ['z'])], output: model([]).graph.output })
  return model([createNode('If', ['x'], ['y'], { then_branch: branch, else_branch: branch })])
}

const functions = [definition('Turbo', [createNode('Relu', ['a'], ['b'])])]

/** Operators, functions and attributes. */
export const fixtures: RoomFixtures = {
  'onnx/interpreter-operator': {
    positive: {
      PyOp: () => oneNode('PyOp'),
      'of onnxruntime-extensions': () => inDomain('ai.onnx.contrib', 'PyCustomOp'),
      'of PyTorch': () => inDomain('org.pytorch.aten', 'ATen'),
      'in a subgraph': () => writeOnnx(inBranch('PythonOp')),
      'in a model written as text': () => Buffer.from('ir_version: 8\ngraph {\n node {\n op_type: "PyOp"\n }\n}\n'),
    },
    negative: {
      'an operator with a similar name': () => oneNode('Pad', { pads: [0n, 0n, 0n, 0n] }),
      'a function of the model': () => calling('PyOp', [definition('PyOp', [createNode('Relu', ['a'], ['b'])])]),
    },
  },
  'onnx/custom-operator': {
    positive: {
      'a domain of its own': () => inDomain('acme', 'Turbo'),
      'a domain that looks built in': () => inDomain('com.micros0ft', 'FusedGemm'),
    },
    negative: {
      'an operator of onnxruntime': () => inDomain('com.microsoft', 'FusedGemm'),
      'a function of the model': () => calling('Turbo', functions),
    },
  },
  'onnx/unknown-operator': {
    positive: {
      'a name that ONNX never had': () => oneNode('Backdoor'),
      'of classical machine learning': () => inDomain('ai.onnx.ml', 'ShellEnsemble'),
    },
    negative: {
      'an operator of ONNX': () => oneNode('Relu'),
      'one that was removed': () => oneNode('Affine'),
      'one of a newer version': () =>
        writeOnnx({ ...model([createNode('Newer', ['x'], ['y'])]), opsetImport: imports(['', 99]) }),
    },
  },
  'onnx/compiled-context': {
    positive: {
      'a compiled program inside': () =>
        inDomain('com.microsoft', 'EPContext', { embed_mode: 1n, ep_cache_context: 'x' }),
      'a compiled program beside': () =>
        inDomain('com.microsoft', 'EPContext', { embed_mode: 0n, ep_cache_context: 'm.bin' }),
    },
    negative: {
      'another operator': () => inDomain('com.microsoft', 'Gelu'),
      'an operator of ONNX': () => oneNode('Relu'),
    },
  },
  'onnx/shadowed-operator': {
    positive: {
      'Relu that is none': () => calling('Relu', [definition('Relu', [createNode('Neg', ['a'], ['b'])], '')], ''),
      'by the other name of the domain': () =>
        calling('MatMul', [definition('MatMul', [createNode('Neg', ['a'], ['b'])], 'ai.onnx')], 'ai.onnx'),
    },
    negative: {
      'a function of its own domain': () => calling('Turbo', functions),
      'with a standard name in its own domain': () =>
        calling('Relu', [definition('Relu', [createNode('Neg', ['a'], ['b'])])]),
    },
  },
  'onnx/duplicate-function': {
    positive: {
      'the same name twice': () => calling('Turbo', [...functions, ...functions]),
      'with another body': () =>
        calling('Turbo', [...functions, definition('Turbo', [createNode('Neg', ['a'], ['b'])])]),
    },
    negative: {
      'two names': () => calling('Turbo', [...functions, definition('Other', [createNode('Neg', ['a'], ['b'])])]),
      'an overload': () =>
        calling('Turbo', [
          ...functions,
          { ...definition('Turbo', [createNode('Neg', ['a'], ['b'])]), overload: 'two' },
        ]),
    },
  },
  'onnx/recursive-function': {
    positive: {
      itself: () => calling('F', [definition('F', call('F'))]),
      'over another': () => calling('F', [definition('F', call('G')), definition('G', call('F'))]),
    },
    negative: {
      'another function': () => calling('F1', tower(1, 1)),
      'twice another': () => calling('F2', tower(2, 2)),
    },
  },
  'onnx/function-expansion': {
    positive: {
      'ten to the eighth': () => calling('F8', tower(8, 10)),
      'two to the fortieth': () => calling('F40', tower(40, 2)),
    },
    negative: {
      'a hundred': () => calling('F2', tower(2, 10)),
      'a chain of forty': () => calling('F40', tower(40, 1)),
    },
  },
  'onnx/attribute-type': {
    positive: {
      'an integer that says it is a float': () => softmax((value) => [{ ...value, type: 1 }]),
      'an integer with a text': () => softmax((value) => [{ ...value, s: Buffer.from('hidden') }]),
    },
    negative: {
      'an integer': () => softmax((value) => [value]),
      'without a type, as IR version 1 wrote': () => softmax((value) => [{ ...value, type: 0 }]),
      'with the default of another field': () => softmax((value) => [{ ...value, f: 0 }]),
    },
  },
  'onnx/duplicate-attribute': {
    positive: {
      'the same twice': () => softmax((value) => [value, value]),
      'with another value': () => softmax((value) => [value, { ...value, i: 0n }]),
    },
    negative: {
      once: () => softmax((value) => [value]),
      'two names': () => oneNode('Gemm', { alpha: 1, beta: 1 }),
    },
  },
}
