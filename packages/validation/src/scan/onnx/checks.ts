import type { OnnxCheck } from './check.ts'
import { advisoriesCheck } from './checks/advisories.ts'
import { allocationCheck } from './checks/allocation.ts'
import { attributesCheck } from './checks/attributes.ts'
import { contractsCheck } from './checks/contracts.ts'
import { embeddedContentCheck } from './checks/embedded-content.ts'
import { externalDataCheck } from './checks/external-data.ts'
import { functionsCheck } from './checks/functions.ts'
import { loopsCheck } from './checks/loops.ts'
import { operatorsCheck } from './checks/operators.ts'
import { sparseTensorsCheck } from './checks/sparse-tensors.ts'
import { tensorDataCheck } from './checks/tensor-data.ts'
import { treesCheck } from './checks/trees.ts'
import { triggersCheck } from './checks/triggers.ts'
import { versionsCheck } from './checks/versions.ts'
import { wiringCheck } from './checks/wiring.ts'

/** Every check of an ONNX model. A new one is a file beside these and a line here. */
export const onnxChecks: readonly OnnxCheck[] = [
  externalDataCheck,
  operatorsCheck,
  functionsCheck,
  tensorDataCheck,
  sparseTensorsCheck,
  attributesCheck,
  contractsCheck,
  treesCheck,
  wiringCheck,
  versionsCheck,
  loopsCheck,
  allocationCheck,
  embeddedContentCheck,
  triggersCheck,
  advisoriesCheck,
]
