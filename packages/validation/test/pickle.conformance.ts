import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

const pickles = (): { file: string; label: string }[] => {
  try {
    return readFileSync(join(corpus, 'labels.csv'), 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .filter(([, , format = '']) => ['pkl', 'pickle', 'pt'].includes(format))
      .map(([file = '', label = '']) => ({ file: join(corpus, file), label }))
  } catch (cause) {
    throw new Error(`the scan corpus must be at ${corpus}; set NOOTROPIC_SHARED to where the shared data lies`, {
      cause,
    })
  }
}

test('every malicious pickle of the corpus fails', async () => {
  const hostile = pickles().filter(({ label }) => label === 'malicious')
  expect(hostile.length).toBeGreaterThan(60)
  for (const { file } of hostile) expect([file, (await scan(file)).verdict]).toEqual([file, 'fail'])
})

test('every benign pickle of the corpus passes, but one that carries a function is not judged', async () => {
  const benign = pickles().filter(({ label }) => label === 'benign')
  expect(benign.length).toBeGreaterThan(5)
  for (const { file } of benign) {
    const expected = file.endsWith('dill_func.pkl') ? 'incomplete' : 'pass'
    expect([file, (await scan(file)).verdict]).toEqual([file, expected])
  }
})

const python = process.env.PYTHON ?? '/usr/bin/python3'
const isThere = spawnSync(python, ['-c', 'import joblib, numpy, pandas, sklearn, torch']).status === 0

const program = `
import pickle, sys, os, io, collections, datetime, decimal, joblib, numpy as np, pandas as pd, torch, warnings
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
warnings.filterwarnings('ignore')
X, y = load_iris(return_X_y=True)
cyclic = []; cyclic.append(cyclic)
values = {
  'plain': [None, True, 1, 2**40, -2**70, 1.5, 'text', 'z' * 300, b'bytes', (1,), {1, 2}, frozenset([1]), {'a': [1]}, 1j, cyclic],
  'collections': [collections.OrderedDict(a=1), collections.defaultdict(list), collections.Counter('aab'), collections.deque([1])],
  'dates': [datetime.datetime(2020, 1, 1), datetime.date(2020, 1, 1), datetime.timedelta(1), datetime.timezone.utc, decimal.Decimal('1.5')],
  'arrays': [np.zeros((2, 3)), np.array(['a']), np.array([None, 'x'], object), np.float32(1), np.zeros(2, [('a', 'f4')])],
  'frames': [pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}), pd.Series([1.5]), pd.date_range('2020', periods=2)],
  'estimators': [e.fit(X, y) for e in (RandomForestClassifier(5), GradientBoostingClassifier(n_estimators=3), make_pipeline(StandardScaler(), LogisticRegression()), SVC())],
  'network': torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.BatchNorm1d(2)),
  'state': torch.nn.LSTM(3, 2).state_dict(),
}
for name, value in values.items():
  for protocol in range(6):
    with open(f'{sys.argv[1]}/{name}-{protocol}.pkl', 'wb') as file: pickle.dump(value, file, protocol)
  joblib.dump(value, f'{sys.argv[1]}/{name}.joblib')
torch.save(values['state'], f'{sys.argv[1]}/legacy.pt', _use_new_zipfile_serialization=False)
`

test.skipIf(!isThere)(
  `what Python's libraries write passes (${python}: ${isThere ? 'found' : 'NOT FOUND'})`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nootropic-pickles-'))
    try {
      const { status, stderr } = spawnSync(python, ['-c', program, directory], { encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, expect.anything()])
      const files = readdirSync(directory)
      expect(files.length).toBeGreaterThan(50)
      for (const file of files) {
        const { verdict, findings, stages } = await scan(join(directory, file))
        expect([file, verdict], JSON.stringify([findings, stages[0]?.note])).toEqual([file, 'pass'])
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  },
)
