import type { Severity } from '@nootropic/core'
import type { Rule } from '../rule.ts'
import { tensorflowRules } from './rules.ts'

interface Danger {
  readonly rule: Rule
  readonly severity?: Severity
}

const names = (rule: Rule, text: string, severity?: Severity): (readonly [string, Danger])[] =>
  text
    .trim()
    .split(/\s+/)
    .map((name) => [name, severity === undefined ? { rule } : { rule, severity }])

/** Operators of TensorFlow that act beyond tensors, out of its registered operators (tensorflow/core/ops). */
const dangers: ReadonlyMap<string, Danger> = new Map([
  ...names(tensorflowRules['python-function'], 'PyFunc PyFuncStateless EagerPyFunc'),
  ...names(tensorflowRules['native-library'], 'LoadLibrary LoadOpLibrary LoadPluggableDeviceLibrary'),
  ...names(
    tensorflowRules['file-read'],
    'ReadFile WholeFileReader WholeFileReaderV2 MatchingFiles MatchingFilesDataset LoadDataset LoadDatasetV2 LoadAndRemapMatrix ImportEvent ListDataset',
  ),
  ...names(
    tensorflowRules['file-write'],
    `WriteFile SaveDataset SaveDatasetV2 DatasetToTFRecord WriteSummary WriteGraphSummary WriteRawProtoSummary
    WriteScalarSummary WriteImageSummary WriteAudioSummary WriteHistogramSummary CreateSummaryFileWriter
    CreateSummaryDbWriter DistributedSave DeleteFile RenameFile CopyFile`,
  ),
  ...names(
    tensorflowRules['data-reader'],
    `TextLineDataset TextLineReader TextLineReaderV2 TFRecordDataset TFRecordDatasetV2 TFRecordReader TFRecordReaderV2
    FixedLengthRecordDataset FixedLengthRecordDatasetV2 FixedLengthRecordReader FixedLengthRecordReaderV2 LMDBDataset
    LMDBReader CSVDataset CSVDatasetV2 SqlDataset ExperimentalLMDBDataset ExperimentalSqlDataset ExperimentalCSVDataset
    ReaderRead ReaderReadV2 ReaderReadUpTo ReaderReadUpToV2 SnapshotDataset SnapshotDatasetV2 CacheDataset CacheDatasetV2
    ParallelInterleaveFiles`,
  ),
  ...names(
    tensorflowRules['remote-execution'],
    `RemoteCall RemoteFusedGraphExecute DataServiceDataset DataServiceDatasetV2 DataServiceDatasetV3 DataServiceDatasetV4
    RegisterDataset RegisterDatasetV2 RpcCall RpcClient RpcServer RpcServerStart RpcServerRegister TryRpc Rpc
    DistributedFunctionCall ConfigureDistributedTPU BigQueryReader GenerateBigQueryReaderPartitions BigtableClient
    PubSubDataset KafkaDataset GrpcCall GrpcClient GrpcServer GrpcServerStart GrpcServerBind GcsConfigureCredentials
    GcsConfigureBlockCache FileSystemSetConfiguration`,
  ),
  ...names(tensorflowRules['process-abort'], 'Abort ShutdownDistributedTPU ShutdownTPUSystem'),
])

/** The operators that carry addresses to send tensors to, when they are given any. */
export const debugOperators: readonly string[] = [
  'DebugIdentity',
  'DebugIdentityV2',
  'DebugIdentityV3',
  'DebugNanCount',
  'DebugNumericSummary',
  'DebugNumericSummaryV2',
  'CopyHost',
  'Copy',
]

/** Operators of packages that are in wide use beside TensorFlow; others put their package before `>` (RFC 20190626). */
const packageOperator = /^(TRTEngineOp|Sentencepiece|Horovod|SimpleML|Lattice)/

/** What a kind of operator can do, if it is more than computing. */
export const dangerOf = (operator: string): Danger | undefined => dangers.get(operator)

/** Whether an operator is registered by a library that TensorFlow itself does not have. */
export const isCustomOperator = (operator: string): boolean => !/^\w+$/.test(operator) || packageOperator.test(operator)
