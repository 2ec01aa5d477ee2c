import {
  byteStrings,
  bytesOnDisk,
  dimensions,
  enumeration,
  int64,
  type MessageType,
  message,
  messages,
  messageType,
  none,
  packed,
  text,
} from './field.ts'
import type { Segment, SparseTensorProto, StringStringEntryProto, TensorProto } from './model.ts'

// The tables of onnx.proto (IR version 13): here and in the files beside stand all field numbers. Reader, writer and
// walkers follow them. Messages that are in no table (multi-device configurations) are kept as unknown fields.

export const stringStringEntry = messageType<StringStringEntryProto>(
  'StringStringEntryProto',
  {
    key: text(1),
    value: text(2),
  },
  () => ({ key: '', value: '', unknownFields: none }),
)

const segment = messageType<Segment>('TensorProto.Segment', { begin: int64(1), end: int64(2) }, () => ({
  unknownFields: none,
}))

export const tensorType: MessageType<TensorProto> = messageType<TensorProto>(
  'TensorProto',
  {
    dims: dimensions(1),
    dataType: enumeration(2),
    segment: message(3, () => segment),
    floatData: packed(4, 'fixed32'),
    int32Data: packed(5, 'varint'),
    stringData: byteStrings(6),
    int64Data: packed(7, 'varint'),
    name: text(8),
    rawData: bytesOnDisk(9),
    doubleData: packed(10, 'fixed64'),
    uint64Data: packed(11, 'varint'),
    docString: text(12),
    externalData: messages(13, () => stringStringEntry),
    dataLocation: enumeration(14),
    metadataProps: messages(16, () => stringStringEntry),
  },
  () => ({
    dims: none,
    dataType: 0,
    floatData: none,
    int32Data: none,
    stringData: none,
    int64Data: none,
    name: '',
    doubleData: none,
    uint64Data: none,
    docString: '',
    externalData: none,
    dataLocation: 0,
    metadataProps: none,
    unknownFields: none,
  }),
  'tensors',
)

export const sparseTensor = messageType<SparseTensorProto>(
  'SparseTensorProto',
  {
    values: message(1, () => tensorType),
    indices: message(2, () => tensorType),
    dims: dimensions(3),
  },
  () => ({ dims: none, unknownFields: none }),
)
