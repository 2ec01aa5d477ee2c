import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { readStructure } from '../wire/byte-cursor.ts'
import { fieldsOfShape, type MessageShape, type MessageTree, textOfField, walkMessages } from '../wire/protobuf.ts'
import { modelsRules } from './rules.ts'

/** `NetParameter` of `caffe.proto`; layers are field 100, and 2 in the first version. */
const netShape: MessageShape = {
  1: 'bytes',
  2: 'bytes',
  3: 'bytes',
  4: 'varint',
  5: 'varint',
  6: 'bytes',
  7: 'varint',
  8: 'bytes',
  100: 'bytes',
}

const layerField = 100
const firstLayerField = 2
const pythonParameter = 130
/** What `LayerParameter` opens with: name and type. */
const layerOpening: MessageShape = { 1: 'bytes', 2: 'bytes' }
/** What `V1LayerParameter` opens with: bottom, top, name, type. */
const firstLayerOpening: MessageShape = { 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'varint' }

const isLayer = (content: ByteSource, number: number, start: number, end: number): boolean => {
  if (number === layerField) {
    const fields = fieldsOfShape(content, layerOpening, { start, end, count: 2 })
    const type = fields?.find((field) => field.number === 2)
    return type !== undefined && /^[A-Za-z]\w{0,63}$/.test(textOfField(content, type))
  }
  const fields = fieldsOfShape(content, firstLayerOpening, { start, end, count: 3 })
  return fields?.some((field) => field.number === 4) === true
}

// Its first field is the name of the network, or an input of one without a name.
const recogniseCaffe = ({ head, content, text }: Sample): Recognition => {
  if ((head[0] !== 0x0a && head[0] !== 0x1a && head[0] !== 0xa2) || text !== undefined) return undefined
  const fields = fieldsOfShape(content, netShape, { count: 8 })
  const layer = fields?.find(({ number }) => number === layerField || number === firstLayerField)
  if (layer === undefined || fields === undefined || fields.filter(({ number }) => number === 1).length > 1)
    return undefined
  return isLayer(content, layer.number, layer.start, layer.end) ? 'likely' : undefined
}

const tree: MessageTree = { net: { [layerField]: 'layer' } }

const inspectCaffe = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () =>
    walkMessages(
      content,
      tree,
      'net',
      (message, field) => {
        if (message !== 'layer' || field.kind !== 'bytes') return
        const isPython = field.number === 2 && field.end - field.start === 6 && textOfField(content, field) === 'Python'
        if (!isPython && field.number !== pythonParameter) return
        inspection.report({
          rule: modelsRules['caffe-python-layer'],
          message: `expected layers of Caffe, found ${isPython ? 'a Python layer' : 'the parameters of a Python layer'}, which imports a module`,
          offset: field.start,
        })
      },
      () => inspection.budget.checkTime(),
    ),
  )
}

/** Weights of Caffe, `.caffemodel`. */
export const caffeFormat: Format = {
  name: 'caffe',
  title: 'Caffe model',
  recognise: recogniseCaffe,
  inspect: inspectCaffe,
}

/** A text that is longer is no architecture (CWE-770). */
const maximumTextLength = 2 ** 22

const opening = /^(?:\s|#[^\n]*\n)*(?:name\s*:\s*["'][^\n]*|(?:layers?|input_shape)\s*:?\s*\{|input\s*:\s*["'])/
const layerLine = /^\s*layers?\s*:?\s*\{/m

const recognisePrototxt = ({ text }: Sample): Recognition =>
  text !== undefined && opening.test(text) && layerLine.test(text) ? 'likely' : undefined

const inspectPrototxt = (content: ByteSource, inspection: Inspection): void => {
  if (content.size > maximumTextLength) {
    inspection.incomplete(`not scanned: an architecture of more than ${maximumTextLength} bytes`)
    return
  }
  const lines = Buffer.from(content.read(0, content.size)).toString('utf8').split('\n')
  for (const [index, line] of lines.entries()) {
    const code = line.split('#')[0] ?? ''
    if (!/\btype\s*:\s*(?:["']Python["']|PYTHON\b)|\bpython_param\s*:?\s*\{/.test(code)) continue
    inspection.report({
      rule: modelsRules['caffe-python-layer'],
      message: 'expected layers of Caffe, found a Python layer, which imports a module',
      inside: `line ${index + 1}`,
    })
  }
}

/** An architecture of Caffe in text, `.prototxt`. */
export const prototxtFormat: Format = {
  name: 'caffe-prototxt',
  title: 'Caffe architecture',
  recognise: recognisePrototxt,
  inspect: inspectPrototxt,
}
