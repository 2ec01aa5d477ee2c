import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { blockedOf } from './harmless-pickles/blocked.ts'

// Written by `pnpm observe-pickles sample`: what Debian's numpy, scipy, pandas, scikit-learn, torch and xgboost write for small
// objects, by every protocol, by joblib and by torch.
test('what real libraries write is not blocked', async () => {
  const rows = gunzipSync(readFileSync(new URL('data/harmless-pickles.txt.gz', import.meta.url)))
    .toString('utf8')
    .trim()
    .split('\n')
  expect(rows.length).toBeGreaterThan(800)
  expect(await blockedOf(rows)).toEqual([])
})
