import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import { inspectOnnx } from './inspect-onnx.ts'
import { inspectOnnxText, isOnnxText } from './onnx-text.ts'
import { inspectOrt } from './ort/inspect-ort.ts'
import { recogniseModel } from './recognise-onnx.ts'
import { tensorFile } from './tensor-file.ts'

/** The tags with which a ModelProto may open: its fields may stand in any order. */
const openings: ReadonlySet<number> = new Set([0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72])

const recogniseOnnx = ({ head, content, text }: Sample): Recognition =>
  openings.has(head[0] ?? 0) && text === undefined ? recogniseModel(content) : undefined

/** ONNX, the format that onnxruntime makes of it, the two ways of writing it as text, and a tensor alone. */
export const onnxFormats: readonly Format[] = [
  { name: 'onnx', title: 'ONNX model', recognise: recogniseOnnx, inspect: inspectOnnx },
  {
    name: 'ort',
    title: 'ORT format model',
    // The identifier of a flatbuffer stands after the offset of its root table.
    recognise: ({ head }) => (hasMagic(head, 'ORTM', 4) ? 'certain' : undefined),
    inspect: inspectOrt,
  },
  {
    name: 'onnx-text',
    title: 'ONNX model as text',
    recognise: ({ text }) => (text !== undefined && isOnnxText(text) ? 'likely' : undefined),
    inspect: inspectOnnxText,
  },
  tensorFile,
]
