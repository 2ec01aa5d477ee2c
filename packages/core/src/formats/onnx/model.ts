/** Bytes that stay on disk: where they stand in the file. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Bytes of a tensor: a view of the buffer that was read, or, from `readOnnxFile`, where they stand in the file. */
export type TensorBytes = Uint8Array | ByteRange

/** A field that this version of the format does not name: kept, so that writing loses nothing. */
export interface UnknownField {
  readonly number: number
  /** 0 variable length, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: number
  /** The value as encoded, without tag and length. */
  readonly bytes: TensorBytes
}

/**
 * What every message has. Names are those of onnx.proto in camelCase. A repeated field is always an array; a text that
 * is absent is `''` and an enumeration that is absent is 0, as ONNX reads them; any other absent field is `undefined`.
 */
export interface Message {
  readonly unknownFields: readonly UnknownField[]
}

/** A key and its value. */
export interface StringStringEntryProto extends Message {
  readonly key: string
  readonly value: string
}

/** A set of operators and its version. */
export interface OperatorSetIdProto extends Message {
  /** `''` is ONNX's own operator set. */
  readonly domain: string
  readonly version?: number | undefined
}

/** Which part of a larger tensor a tensor holds. */
export interface Segment extends Message {
  readonly begin?: bigint | undefined
  readonly end?: bigint | undefined
}

/**
 * A tensor. Read its values with `tensorValues`: they stand in `rawData`, in one of the `…Data` fields (as protobuf
 * encodes them, in one or more runs), or in an external file.
 */
export interface TensorProto extends Message {
  readonly dims: readonly number[]
  /** One of `dataTypes`. */
  readonly dataType: number
  readonly segment?: Segment | undefined
  readonly floatData: readonly TensorBytes[]
  readonly int32Data: readonly TensorBytes[]
  readonly stringData: readonly Uint8Array[]
  readonly int64Data: readonly TensorBytes[]
  readonly name: string
  readonly rawData?: TensorBytes | undefined
  readonly doubleData: readonly TensorBytes[]
  readonly uint64Data: readonly TensorBytes[]
  readonly docString: string
  readonly externalData: readonly StringStringEntryProto[]
  /** 0 in this file, 1 in the file that `externalData` names. */
  readonly dataLocation: number
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** A tensor of which only some elements are stored: their values, and where they stand. */
export interface SparseTensorProto extends Message {
  readonly values?: TensorProto | undefined
  readonly indices?: TensorProto | undefined
  readonly dims: readonly number[]
}

/** One dimension of a shape: fixed, named, or, with neither, unknown. */
export interface Dimension extends Message {
  readonly dimValue?: number | undefined
  readonly dimParam: string
  readonly denotation: string
}

/** The dimensions of a tensor. */
export interface TensorShapeProto extends Message {
  readonly dim: readonly Dimension[]
}

/** The type of a tensor, or of a sparse tensor. */
export interface TensorType extends Message {
  /** One of `dataTypes`. */
  readonly elemType: number
  readonly shape?: TensorShapeProto | undefined
}

/** The type of a sequence, or of an optional value: that of its elements. */
export interface SequenceType extends Message {
  readonly elemType?: TypeProto | undefined
}

/** The type of a map. */
export interface MapType extends Message {
  /** One of `dataTypes`. */
  readonly keyType: number
  readonly valueType?: TypeProto | undefined
}

/** A type that only its domain can read. */
export interface OpaqueType extends Message {
  readonly domain: string
  readonly name: string
}

/** The type of a value; at most one of the `…Type` fields is present. */
export interface TypeProto extends Message {
  readonly tensorType?: TensorType | undefined
  readonly sequenceType?: SequenceType | undefined
  readonly mapType?: MapType | undefined
  readonly denotation: string
  readonly opaqueType?: OpaqueType | undefined
  readonly sparseTensorType?: TensorType | undefined
  readonly optionalType?: SequenceType | undefined
}

/** The name and type of a value of a graph. */
export interface ValueInfoProto extends Message {
  readonly name: string
  readonly type?: TypeProto | undefined
  readonly docString: string
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** An attribute of a node: its name, its type, and the one field in which its value stands. */
export interface AttributeProto extends Message {
  readonly name: string
  readonly f?: number | undefined
  readonly i?: bigint | undefined
  /** Text in UTF-8 as a rule, but any bytes may stand here. */
  readonly s?: Uint8Array | undefined
  readonly t?: TensorProto | undefined
  readonly g?: GraphProto | undefined
  readonly floats: readonly number[]
  readonly ints: readonly bigint[]
  readonly strings: readonly Uint8Array[]
  readonly tensors: readonly TensorProto[]
  readonly graphs: readonly GraphProto[]
  readonly docString: string
  readonly tp?: TypeProto | undefined
  readonly typeProtos: readonly TypeProto[]
  /** One of `attributeTypes`. */
  readonly type: number
  readonly refAttrName: string
  readonly sparseTensor?: SparseTensorProto | undefined
  readonly sparseTensors: readonly SparseTensorProto[]
}

/** A node: an operator, applied to named values. */
export interface NodeProto extends Message {
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name: string
  readonly opType: string
  readonly attribute: readonly AttributeProto[]
  readonly docString: string
  readonly domain: string
  readonly overload: string
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** The names of the tensors that quantise a tensor. */
export interface TensorAnnotation extends Message {
  readonly tensorName: string
  readonly quantParameterTensorNames: readonly StringStringEntryProto[]
}

/** A graph: nodes in topological order, with their inputs, outputs and constants. */
export interface GraphProto extends Message {
  readonly node: readonly NodeProto[]
  readonly name: string
  readonly initializer: readonly TensorProto[]
  readonly docString: string
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
  readonly valueInfo: readonly ValueInfoProto[]
  readonly quantizationAnnotation: readonly TensorAnnotation[]
  readonly sparseInitializer: readonly SparseTensorProto[]
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** How a model is initialised and trained. */
export interface TrainingInfoProto extends Message {
  readonly initialization?: GraphProto | undefined
  readonly algorithm?: GraphProto | undefined
  readonly initializationBinding: readonly StringStringEntryProto[]
  readonly updateBinding: readonly StringStringEntryProto[]
}

/** An operator that is defined by nodes. */
export interface FunctionProto extends Message {
  readonly name: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly string[]
  readonly node: readonly NodeProto[]
  readonly docString: string
  readonly opsetImport: readonly OperatorSetIdProto[]
  readonly domain: string
  readonly attributeProto: readonly AttributeProto[]
  readonly valueInfo: readonly ValueInfoProto[]
  readonly overload: string
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** An ONNX model: ModelProto of onnx.proto, frozen. Edit it by spread and hand the copy to `writeOnnx`. */
export interface OnnxModel extends Message {
  readonly irVersion?: number | undefined
  readonly producerName: string
  readonly producerVersion: string
  readonly domain: string
  readonly modelVersion?: bigint | undefined
  readonly docString: string
  readonly graph: GraphProto
  readonly opsetImport: readonly OperatorSetIdProto[]
  readonly metadataProps: readonly StringStringEntryProto[]
  readonly trainingInfo: readonly TrainingInfoProto[]
  readonly functions: readonly FunctionProto[]
}
