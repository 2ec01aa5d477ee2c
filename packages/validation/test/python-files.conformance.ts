import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

test.each([
  ['benign/modelscan/safe_numpy.npy', 'npy'],
  ['benign/modelscan/safe_old_format_pytorch.pt', 'torch-legacy'],
  ['benign/picklescan/bad_pytorch.pt', 'png'],
  ['benign/picklescan/int_arrays.npz', 'npz'],
  ['benign/picklescan/object_arrays_compressed.npz', 'npz'],
])('%s passes as %s', async (file, format) => {
  const { verdict, subject } = await scan(join(corpus, file))
  expect([verdict, subject.format]).toEqual(['pass', format])
})

test.each(['malicious/picklescan/dns_exfiltration.npy', 'malicious/picklescan/pytorch_magic_bypass.pt'])(
  '%s is blocked',
  async (file) => {
    expect((await scan(join(corpus, file))).verdict).toBe('fail')
  },
)
