/**
 * The reports that the scanner answers for, as they were published: ways past other scanners, and ways into the loaders of
 * models. A new one is added here first; its row in the tables beside this list follows. modelscan’s #367 and #368 are not
 * here: what they are about is not known to us.
 */
export const published: readonly string[] = `
  CVE-2025-1889 CVE-2025-10155 CVE-2025-1944 CVE-2025-1945 CVE-2025-1716 CVE-2025-10156 CVE-2025-10157
  GHSA-9gvj-pp9x-gcfr GHSA-jgw4-cr84-mqxg GHSA-vvpj-8cmc-gx39 GHSA-g38g-8gr9-h9xp GHSA-955r-x9j8-7rhh
  GHSA-46h3-79wf-xr6c GHSA-84r2-jw7c-4r5q GHSA-vqmv-47xg-9wpr GHSA-4675-36f9-wf6r GHSA-r8g5-cgf2-4m4m
  GHSA-m273-6v24-x4m4 GHSA-q77w-mwjj-7mqx GHSA-fqq6-7vqf-w3fg GHSA-xp4f-hrf8-rxw7 GHSA-cj3c-v495-4xqh
  GHSA-mxhj-88fx-4pcv GHSA-5j3x-jp52-966f GHSA-6ggj-6f2q-f7mx GHSA-565g-hwwr-4pp3 GHSA-r7v6-mfhq-g3m2
  GHSA-h4rm-mm56-xf63 GHSA-cffv-grgg-g429
  CVE-2022-25882 CVE-2024-27318 CVE-2024-5187 CVE-2025-51480 CVE-2026-27489 CVE-2026-34445 CVE-2026-34446 CVE-2026-28500
  CVE-2024-3660 CVE-2025-1550 CVE-2025-8747 CVE-2025-9905 CVE-2025-9906 CVE-2025-12058 CVE-2025-49655 CVE-2026-1669
  CVE-2024-34359 CVE-2024-21802 CVE-2024-21825 CVE-2024-21836 CVE-2024-23496 CVE-2024-23605
  CVE-2025-32434 CVE-2026-24747 CVE-2022-45907 CVE-2024-5480 CVE-2024-48063
  CVE-2025-23304 CVE-2019-6446 CVE-2025-54412 CVE-2025-54413 CVE-2025-54886 CVE-2024-34997
  nullifAI
`
  .trim()
  .split(/\s+/)
  .concat(
    ['#14', '#22', '#66'].map((issue) => `picklescan ${issue}`),
    ['#5', '#85', '#89', '#263', '#267', '#330', '#331', '#338', '#346', '#366'].map((issue) => `modelscan ${issue}`),
    ['#196', '#226', '#322', '#324'].map((issue) => `fickling ${issue}`),
    ['#26762', '#27265', '#27699', '#27950', '#28175', '#28709', '#29011'].map((issue) => `onnxruntime ${issue}`),
    ['#1046', 'opcode limit'].map((issue) => `modelaudit ${issue}`),
    // What picklescan's advisories without a number in the tables above are about.
    `magic number by eval, STACK_GLOBAL type confusion, KeyError memo, profile, cProfile, bdb, pdb, timeit, trace, idlelib,
    lib2to3, venv, logging.FileHandler, io.FileIO, ssl, urllib, numpy.testing, torch._dynamo, torch._inductor, collect_env,
    bottleneck, _config_module, ShapeEnv, unsupported_tensor_ops, datapipes decoder, functools.partial, operator.*`
      .split(/,\s+/)
      .map((name) => `picklescan ${name}`),
  )
