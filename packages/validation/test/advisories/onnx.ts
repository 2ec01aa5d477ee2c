import { fixtures as containers } from '../rules/containers.fixtures.ts'
import { fixtures as contracts } from '../rules/onnx-contracts.fixtures.ts'
import { fixtures as external } from '../rules/onnx-external-data.fixtures.ts'
import { tarOf } from '../support/tar-builder.ts'
import { type Advisory, refused, reported } from './advisory.ts'
import { calling } from './callables.ts'

const outside = reported(external)
const broken = reported(contracts)
const escapes = 'onnx/external-data-escapes'
const linked = 'onnx/external-file-linked'

/** Ways into ONNX and ONNX Runtime. */
export const onnx: readonly Advisory[] = [
  ...outside(
    'CVE-2022-25882',
    escapes,
    'high',
    'CVE-2022-25882: steps out of the directory',
    'in a Constant node',
    'in training information',
  ),
  ...outside('CVE-2024-27318', escapes, 'high', 'CVE-2024-27318: steps in the middle'),
  ...outside(
    'CVE-2025-51480',
    escapes,
    'high',
    'CVE-2025-51480: a path of Windows',
    'CVE-2025-51480: an absolute path',
  ),
  refused(
    'CVE-2024-5187',
    'a downloaded archive of a model and its test data that writes outside',
    'containers/entry-outside',
    'high',
    tarOf([
      { name: 'model/model.md', data: '# A model\n' },
      { name: '../../.bashrc', data: '# A profile\n' },
    ]),
  ),
  ...reported(containers)('CVE-2024-5187', 'containers/link-outside', 'high', 'a link in a tar that climbs'),
  ...outside(
    'CVE-2026-27489',
    linked,
    'high',
    'CVE-2026-27489: a symbolic link',
    'CVE-2026-34447: a directory that is a link',
  ),
  ...outside(
    'CVE-2026-34445',
    'onnx/external-data-key',
    'medium',
    'CVE-2026-34445: a key that is an attribute of the loader',
    'CVE-2026-34445: another',
  ),
  ...outside('CVE-2026-34446', linked, 'high', 'CVE-2026-34446: a hard link'),
  // The advisory is about the loader that fetches a model and asks nobody; what a file can do is to start it.
  refused(
    'CVE-2026-28500',
    'fetches a model without a question',
    'pickle/dangerous-call',
    'high',
    calling('onnx.hub:load'),
  ),
  ...['onnxruntime #26762', 'onnxruntime #28709', 'onnxruntime #29011'].flatMap((id) =>
    outside(id, 'onnx/external-data-memory', 'high', 'the marker', 'the marker of a newer version'),
  ),
  ...broken(
    'onnxruntime #27699',
    'onnx/contract-length',
    'medium',
    'SVMClassifier: fewer coefficients than vectors (27699)',
    'SVMRegressor: fewer vectors than it says',
  ),
  ...broken('onnxruntime #27950', 'onnx/contract-length', 'medium', 'SVMClassifier: three classes and one rho (27950)'),
  ...broken('onnxruntime #27265', 'onnx/contract-index', 'medium', 'ArrayFeatureExtractor: below zero (27265)'),
  ...broken(
    'onnxruntime #28175',
    'onnx/contract-shape',
    'medium',
    'EmbedLayerNormalization: a beta without dims (28175)',
  ),
]
