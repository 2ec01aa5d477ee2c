import { allow } from './globals.ts'
import { type GlobalTables, globalTables } from './judgement.ts'

/**
 * What may stand in the pickles of a TorchScript archive beside the reviewed names. torch reads them by an unpickler of its
 * own, which imports nothing (torch/csrc/jit/serialization/unpickler.cpp): it finds the classes of `__torch__` in the code
 * of the archive, and knows the functions of `torch.jit._pickle` by their names. `torch.load` hands an archive that has
 * a `constants.pkl` to it.
 */
export const torchScriptTables: GlobalTables = {
  ...globalTables,
  allowed: [
    ...globalTables.allowed,
    ...allow('reviewed: torch 1.13', 'identity', 'gives back what it is given', {
      'torch.jit._pickle':
        'build_boollist build_doublelist build_intlist build_tensor_from_id build_tensorlist restore_type_tag',
    }),
  ],
  carriedPackage: '__torch__',
}
