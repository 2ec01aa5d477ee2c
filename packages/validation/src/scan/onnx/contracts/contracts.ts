import { arrayContracts } from './array-contracts.ts'
import type { OperatorContract } from './clause.ts'
import { learningContracts } from './learning-contracts.ts'
import { sequenceContracts } from './sequence-contracts.ts'
import { windowContracts } from './window-contracts.ts'

/** What onnxruntime's kernels take for granted, one row for each group of operators. */
export const operatorContracts: readonly OperatorContract[] = [
  ...learningContracts,
  ...windowContracts,
  ...arrayContracts,
  ...sequenceContracts,
]
