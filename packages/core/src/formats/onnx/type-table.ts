import {
  enumeration,
  type MessageType,
  message,
  messages,
  messageType,
  none,
  oneOf,
  perDimension,
  safeInteger,
  text,
} from './field.ts'
import type { Dimension, MapType, OpaqueType, SequenceType, TensorShapeProto, TensorType, TypeProto } from './model.ts'

export const dimension = messageType<Dimension>(
  'TensorShapeProto.Dimension',
  {
    dimValue: oneOf('value', safeInteger(1)),
    dimParam: oneOf('value', text(2)),
    denotation: text(3),
  },
  () => ({ dimParam: '', denotation: '', unknownFields: none }),
)

export const tensorShape = messageType<TensorShapeProto>(
  'TensorShapeProto',
  { dim: perDimension(messages(1, () => dimension)) },
  () => ({ dim: none, unknownFields: none }),
)

export const typeOfTensor = messageType<TensorType>(
  'TypeProto.Tensor',
  {
    elemType: enumeration(1),
    shape: message(2, () => tensorShape),
  },
  () => ({ elemType: 0, unknownFields: none }),
)

const typeOfSequence = messageType<SequenceType>(
  'TypeProto.Sequence',
  { elemType: message(1, () => typeProto) },
  () => ({ unknownFields: none }),
)

const typeOfMap = messageType<MapType>(
  'TypeProto.Map',
  {
    keyType: enumeration(1),
    valueType: message(2, () => typeProto),
  },
  () => ({ keyType: 0, unknownFields: none }),
)

const typeOfOpaque = messageType<OpaqueType>('TypeProto.Opaque', { domain: text(1), name: text(2) }, () => ({
  domain: '',
  name: '',
  unknownFields: none,
}))

export const typeProto: MessageType<TypeProto> = messageType<TypeProto>(
  'TypeProto',
  {
    tensorType: oneOf(
      'value',
      message(1, () => typeOfTensor),
    ),
    sequenceType: oneOf(
      'value',
      message(4, () => typeOfSequence),
    ),
    mapType: oneOf(
      'value',
      message(5, () => typeOfMap),
    ),
    denotation: text(6),
    opaqueType: oneOf(
      'value',
      message(7, () => typeOfOpaque),
    ),
    sparseTensorType: oneOf(
      'value',
      message(8, () => typeOfTensor),
    ),
    optionalType: oneOf(
      'value',
      message(9, () => typeOfSequence),
    ),
  },
  () => ({ denotation: '', unknownFields: none }),
)
