import { fixtures as keras } from '../rules/keras.fixtures.ts'
import { type Advisory, reported } from './advisory.ts'

const built = reported(keras)

/** Ways into Keras. */
export const kerasAdvisories: readonly Advisory[] = [
  ...built(
    'CVE-2024-3660',
    'keras/lambda-code',
    'high',
    'CVE-2024-3660: marshalled code in a Lambda of Keras 2',
    'source text in place of a name',
  ),
  ...built(
    'CVE-2025-1550',
    'keras/arbitrary-callable',
    'high',
    'CVE-2025-1550: a function of the standard library',
    'CVE-2025-1550: GHSA-48g7-3x6r-xfhp through a nested model',
  ),
  ...built('CVE-2025-8747', 'keras/keras-gadget', 'high', 'CVE-2025-8747: get_file', 'GHSA-c9rc-mg46-23w3: load_model'),
  ...built(
    'CVE-2025-9905',
    'keras/lambda-code',
    'high',
    'CVE-2025-9905: marshalled code in HDF5, as Keras 3 writes it',
  ),
  ...built(
    'CVE-2025-9906',
    'keras/unsafe-switch',
    'high',
    'CVE-2025-9906: a function of keras.config',
    'CVE-2025-9906: by its inner module',
  ),
  ...built(
    'CVE-2025-12058',
    'keras/vocabulary-file',
    'medium',
    'CVE-2025-12058: a file of the host',
    'CVE-2025-12058: an address',
  ),
  ...built('CVE-2025-49655', 'keras/torch-module', 'high', 'CVE-2025-49655: a pickled module', 'in HDF5'),
  ...built(
    'CVE-2026-1669',
    'keras/hdf5-external-storage',
    'medium',
    'CVE-2026-1669: a file of the host',
    'GHSA-3m4q-jmj6-r34q: a file beside it',
  ),
  ...built(
    'CVE-2026-1669',
    'keras/hdf5-external-link',
    'medium',
    'CVE-2026-1669: a file of the host',
    'a file beside it',
  ),
]
