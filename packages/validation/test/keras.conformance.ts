import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const corpus = join(shared, 'data', 'scan-corpus')

test('samples of Keras and TensorFlow of the corpus have the verdict of their label', async () => {
  const cases = {
    'malicious/modelaudit-assets/samples__keras__malicious_lambda.h5': ['fail', 'keras/lambda-code'],
    'malicious/modelaudit-assets/samples__tensorflow__malicious_pyfunc__saved_model.pb': [
      'fail',
      'tensorflow/python-function',
    ],
    'benign/modelaudit-assets/samples__tensorflow__safe_savedmodel__saved_model.pb': ['pass', undefined],
  } as const
  for (const [file, [verdict, rule]] of Object.entries(cases)) {
    const report = await scan(join(corpus, file))
    expect([file, report.verdict, report.findings[0]?.rule]).toEqual([file, verdict, rule])
  }
})

/** Files whose names begin with the verdict that they should have, by every version of the library's structures. */
const writer = `
import h5py, json, numpy, sys
config = lambda *layers: json.dumps({"class_name": "Sequential", "config": {"layers": list(layers)}})
dense = {"class_name": "Dense", "config": {"units": 3, "activation": "relu"}}
bad = {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}}
for version in ("earliest", "latest", ("v108", "v108"), ("v110", "v110")):
    name = version if isinstance(version, str) else version[0]
    open = lambda kind: h5py.File("%s/%s-%s.h5" % (sys.argv[1], kind, name), "w", libver=version)
    for count in (3, 300):
        with open("pass-model-%d" % count) as f:
            f.attrs["keras_version"] = b"2.15.0"
            f.attrs["model_config"] = config(*[dense] * count).encode()
            group = f.create_group("model_weights")
            names = ["dense_%d" % i for i in range(count)]
            group.attrs["layer_names"] = numpy.array([n.encode() for n in names])
            for n in names:
                layer = group.create_group(n)
                layer.attrs["weight_names"] = numpy.array([(n + "/kernel:0").encode()])
                layer.create_dataset(n + "/kernel:0", data=numpy.zeros((4, 5), "f4"))
    with open("pass-mixed") as f:
        f.create_dataset("a", data=numpy.zeros((100, 1000)), chunks=(10, 100), compression="gzip", shuffle=True, fletcher32=True)
        f.create_dataset("l", data=numpy.arange(1000), chunks=(10,), compression="lzf")
        f.create_dataset("s", data=["x" * 50, "y"], dtype=h5py.string_dtype())
        f.create_dataset("e", data=h5py.Empty("f4"))
        f.create_dataset("r", shape=(0, 3), maxshape=(None, 3))
        f["type"] = numpy.dtype("f8")
        f["soft"] = h5py.SoftLink("/a")
        f["hard"] = f["a"]
        f.create_group("g")["root"] = f["/"]
        tracked = f.create_group("tracked", track_order=True)
        for i in range(100):
            tracked.create_group("x%d" % i)
            f["a"].attrs["q%d" % i] = "v" * i
    with open("fail-lambda-many") as f:
        for i in range(100): f.attrs["attribute%d" % i] = "z" * 1000
        f.attrs["model_config"] = config(dense, bad)
    with open("fail-link-many") as f:
        for i in range(500): f.create_group("g%d" % i)
        f["g33/x"] = h5py.ExternalLink("../other.h5", "/a")
    with open("fail-storage") as f:
        f.create_dataset("d/w", shape=(10,), dtype="u1", external=[("/etc/passwd", 0, 10)])
    with open("fail-size") as f:
        f.create_dataset("w", shape=(1000000, 1000000, 1000), dtype="f4", chunks=(10, 10, 10))
    if name in ("latest", "v110"):
        with open("fail-virtual") as f:
            layout = h5py.VirtualLayout(shape=(4, 100), dtype="i4")
            for i in range(4): layout[i] = h5py.VirtualSource("/data/%d.h5" % i, "d", shape=(100,))
            f.create_virtual_dataset("v", layout)
with h5py.File(sys.argv[1] + "/pass-user-block.h5", "w", userblock_size=4096) as f:
    f.create_dataset("a", data=numpy.arange(10))
`

const python = '/usr/bin/python3'
const hasH5py = (): boolean => {
  try {
    execFileSync(python, ['-c', 'import h5py'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-h5py-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.skipIf(!existsSync(python) || !hasH5py())(
  'whatever h5py writes is read, and only what is hostile fails',
  async () => {
    execFileSync(python, ['-c', writer, directory])
    const files = readdirSync(directory)
    expect(files.length).toBeGreaterThan(30)
    for (const file of files) {
      const report = await scan(join(directory, file))
      expect([file, report.verdict], JSON.stringify(report.findings)).toEqual([file, file.split('-')[0]])
    }
  },
)
