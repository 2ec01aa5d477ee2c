import { fixtures as configuration } from '../rules/configuration.fixtures.ts'
import { pickle, shellCall } from '../support/pickle-assembler.ts'
import { tarOf } from '../support/tar-builder.ts'
import { type Advisory, refused, reported } from './advisory.ts'

/** A model of NeMo. */
const nemo = (yaml: string, checkpoint = pickle('}')): Uint8Array =>
  tarOf([
    { name: './model_config.yaml', data: yaml },
    { name: './model_weights.ckpt', data: checkpoint },
  ])

/** Ways into NeMo. */
export const nemoAdvisories: readonly Advisory[] = [
  ...reported(configuration)(
    'CVE-2025-23304',
    'configuration/dangerous-target',
    'high',
    'CVE-2025-23304: a NeMo configuration that runs a program',
  ),
  refused(
    'CVE-2025-23304',
    'a target of the configuration in a .nemo',
    'configuration/dangerous-target',
    'high',
    nemo('encoder:\n  _target_: os.system\n  command: "true"\n'),
  ),
  refused(
    'CVE-2025-23304',
    'the checkpoint in a .nemo',
    'pickle/dangerous-call',
    'critical',
    nemo('sample_rate: 16000\n', pickle(shellCall)),
  ),
]
