import {
  byteStrings,
  bytes,
  enumeration,
  float,
  floats,
  int64,
  int64s,
  type MessageType,
  message,
  messages,
  messageType,
  none,
  safeInteger,
  text,
  texts,
} from './field.ts'
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  NodeProto,
  OnnxModel,
  OperatorSetIdProto,
  TensorAnnotation,
  TrainingInfoProto,
  ValueInfoProto,
} from './model.ts'
import { sparseTensor, stringStringEntry, tensorType } from './tensor-table.ts'
import { typeProto } from './type-table.ts'

export const operatorSetId = messageType<OperatorSetIdProto>(
  'OperatorSetIdProto',
  {
    domain: text(1),
    version: safeInteger(2),
  },
  () => ({ domain: '', unknownFields: none }),
)

export const valueInfo = messageType<ValueInfoProto>(
  'ValueInfoProto',
  {
    name: text(1),
    type: message(2, () => typeProto),
    docString: text(3),
    metadataProps: messages(4, () => stringStringEntry),
  },
  () => ({ name: '', docString: '', metadataProps: none, unknownFields: none }),
)

export const attribute: MessageType<AttributeProto> = messageType<AttributeProto>(
  'AttributeProto',
  {
    name: text(1),
    f: float(2),
    i: int64(3),
    s: bytes(4),
    t: message(5, () => tensorType),
    g: message(6, () => graphType),
    floats: floats(7),
    ints: int64s(8),
    strings: byteStrings(9),
    tensors: messages(10, () => tensorType),
    graphs: messages(11, () => graphType),
    docString: text(13),
    tp: message(14, () => typeProto),
    typeProtos: messages(15, () => typeProto),
    type: enumeration(20),
    refAttrName: text(21),
    sparseTensor: message(22, () => sparseTensor),
    sparseTensors: messages(23, () => sparseTensor),
  },
  () => ({
    name: '',
    floats: none,
    ints: none,
    strings: none,
    tensors: none,
    graphs: none,
    docString: '',
    typeProtos: none,
    type: 0,
    refAttrName: '',
    sparseTensors: none,
    unknownFields: none,
  }),
  'attributes',
)

export const nodeType: MessageType<NodeProto> = messageType<NodeProto>(
  'NodeProto',
  {
    input: texts(1),
    output: texts(2),
    name: text(3),
    opType: text(4),
    attribute: messages(5, () => attribute),
    docString: text(6),
    domain: text(7),
    overload: text(8),
    metadataProps: messages(9, () => stringStringEntry),
  },
  () => ({
    input: none,
    output: none,
    name: '',
    opType: '',
    attribute: none,
    docString: '',
    domain: '',
    overload: '',
    metadataProps: none,
    unknownFields: none,
  }),
  'nodes',
)

const tensorAnnotation = messageType<TensorAnnotation>(
  'TensorAnnotation',
  {
    tensorName: text(1),
    quantParameterTensorNames: messages(2, () => stringStringEntry),
  },
  () => ({ tensorName: '', quantParameterTensorNames: none, unknownFields: none }),
)

export const graphType: MessageType<GraphProto> = messageType<GraphProto>(
  'GraphProto',
  {
    node: messages(1, () => nodeType),
    name: text(2),
    initializer: messages(5, () => tensorType),
    docString: text(10),
    input: messages(11, () => valueInfo),
    output: messages(12, () => valueInfo),
    valueInfo: messages(13, () => valueInfo),
    quantizationAnnotation: messages(14, () => tensorAnnotation),
    sparseInitializer: messages(15, () => sparseTensor),
    metadataProps: messages(16, () => stringStringEntry),
  },
  () => ({
    node: none,
    name: '',
    initializer: none,
    docString: '',
    input: none,
    output: none,
    valueInfo: none,
    quantizationAnnotation: none,
    sparseInitializer: none,
    metadataProps: none,
    unknownFields: none,
  }),
)

const trainingInfo = messageType<TrainingInfoProto>(
  'TrainingInfoProto',
  {
    initialization: message(1, () => graphType),
    algorithm: message(2, () => graphType),
    initializationBinding: messages(3, () => stringStringEntry),
    updateBinding: messages(4, () => stringStringEntry),
  },
  () => ({ initializationBinding: none, updateBinding: none, unknownFields: none }),
)

const functionType = messageType<FunctionProto>(
  'FunctionProto',
  {
    name: text(1),
    input: texts(4),
    output: texts(5),
    attribute: texts(6),
    node: messages(7, () => nodeType),
    docString: text(8),
    opsetImport: messages(9, () => operatorSetId),
    domain: text(10),
    attributeProto: messages(11, () => attribute),
    valueInfo: messages(12, () => valueInfo),
    overload: text(13),
    metadataProps: messages(14, () => stringStringEntry),
  },
  () => ({
    name: '',
    input: none,
    output: none,
    attribute: none,
    node: none,
    docString: '',
    opsetImport: none,
    domain: '',
    attributeProto: none,
    valueInfo: none,
    overload: '',
    metadataProps: none,
    unknownFields: none,
  }),
)

export const modelType = messageType<OnnxModel>(
  'ModelProto',
  {
    irVersion: safeInteger(1),
    producerName: text(2),
    producerVersion: text(3),
    domain: text(4),
    modelVersion: int64(5),
    docString: text(6),
    graph: message(7, () => graphType),
    opsetImport: messages(8, () => operatorSetId),
    metadataProps: messages(14, () => stringStringEntry),
    trainingInfo: messages(20, () => trainingInfo),
    functions: messages(25, () => functionType),
  },
  () => ({
    producerName: '',
    producerVersion: '',
    domain: '',
    docString: '',
    opsetImport: none,
    metadataProps: none,
    trainingInfo: none,
    functions: none,
    unknownFields: none,
  }),
)
