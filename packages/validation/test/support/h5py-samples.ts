import { gunzipSync } from 'node:zlib'

// Written by h5py 3.7 (HDF5 1.10.8): nine numbers and a `model_config` with a Lambda as attributes of the root, nine
// groups and an external link to /etc/passwd in it. So many are kept apart from the object's header: in `latest` in a
// fractal heap with a B-tree of version 2, in `earliest` in symbol tables; building either by code takes a library.
const samples = {
  earliest:
    'H4sIAAAAAAACA+1bTWgTWxQ+M23sWK2JqFAFeXEQq6WQ/trgD9Sa5EUoNZryUETbMYmXljSpJsX6UxDc1IeLbkRx6cau3iu8jSs3' +
    'IhTcdNmVC0FxIe/JW7l5PG9mzp3kXphBoiGK56PtuT/nmzud+e7JdPh6LxlLdLTvaYcKDANaIQS1+B8xMyz3xfwURg3jEsYVXYwH' +
    '7blOHA/h8cMtyMe8ibPxOIDuHl9dZ8RwYlj0e52YBMLPgGT8RKoSV7GfwrgccaLuKmyq34n/9tfy28FwNSqU+CUQel3TZb1thV7U' +
    'dwtvG2ChHkNcp45UR6R9AV68Pn+e5sXr9+fpXrwBf16LF2/Qn9fqxRvy5wW8eIf9eZu8eMP+vDYvXtSfZ7i8JI53wE4+OlvM5vKT' +
    'mWLhyjSrjO/WNFsxIZdrSMe5UyM9zf7WpPq4HSdX8MKstdXWR/CsjwSqj5V4TtHr+zY5T1Pq59ciPX46pvHdL9a7E5DXUXUsqu7S' +
    'ZjlvFfvrW5wo9kNyq5w3h/3lbfLzgBGU88REb/DHuH9edUC9LlQHCPXUgY9bGlsHvPSr7lfSL6Ee/a5ua45+1c8Rr/NLBZtzfmET' +
    '/x7e75/3DOc3DsjH/fXk6TFNeSZ1n1M5bpmZvFUqTRas2Zx5JGymc1fnc4XytJU3e8Km89zLx2+ZeetG7lqJNy+olDFr9nLWUtKv' +
    'zBcy5elioUIwB6/HT3Ac5zmF+Xze+XlxcZF/ue8ZgrQ3CAQCgUAgEAgEAoFAqBf0Po5A+iDUC6/3oVP75bxv/T6UdEmoR5efDjRW' +
    'l17v3xe6nP6jQ6RfQv36fXaoOfqNdjv9cz2kX0L9+l3oaY5+P+G6nRHSL6F+/UYjjdWvAEM/MUN/MEO/L0P/LkM/LkN/LUO/LEP/' +
    'K4vK5zfVoOvk+P8CcBD7K4oPT/Un4K8F60qe6k+IiuvaJeepz1EjOB7qlvPUzyvh217vkfPUutAsJNLpOHTizdXOa/DUvppw8Qf3' +
    'PSTOJlO26VqvNdyLanseb4P4xV3bui4fpf0LV2utYTqHDvM4MyTG1h68C4xOJGNcsDyvYonLHpwZEGuIVY7FykcTaZ4F4vxUN351' +
    'vRQs2BYhZ2YJd+sekOP94v1fRifGEhCY/PPhIJziQx3wcvnvBGTs5ofgtXFYtJu7Nt6Ow5zd/Hj19gz8zpt74Y/ZfSU4Zo8+/+tS' +
    'CX6zm+P/vboLpt38p3vyBeyymzsWzryGiN28+a7vDdXy72QnJGOj7j+nVPB47kmXBjrrrXqmddZXNUbrrL/qftbZQNXirLPBlZrO' +
    '0HpN53C1YupsuFoWdRZ1a58x0lacL5emszm+JyO5ciYyZ5VK17MQseg+NQqfAc1AWTBqNwAA',
  latest:
    'H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1DgpQzhG0DFX+xVO+Pv4RLEpGjhypSNjIsYmYRAKnykICqXs0NoLiYGRgYGUSEGFgaG' +
    'fYwQsQAmqHE2jAyjgHywNeC7j1uQRwADKOKYGAQYMOIvAxrSZbAQZ0GjoYCLSBtZkHRC4k4DSHvJw8RmHlq21SnEwwXoIqCNgkCR' +
    'FI0TTDA7YLaYaVz2dQsGqmKAuY+RAZVG2BfAUAG0AyZzFpqqpBlQ6fCZ62Y5hfi4Ae0VAqlUAQUBA8N78QBlhjgGhMAcr/+mDE1I' +
    'AmsyS20ZrJAEpslPCWU4hSTw9NSPWoYokKF2EIEXLPMbGMSQVCze27CHwQzJ2h3d508wLENScVxS+w3DOySBrRNW/l8iZ+Q4moap' +
    'B8DlkgJ6uVQBKZb+owFIscQQQTvnGNT9sh110qiTqOUkcLHKCipWucHFqoE0erE6IzNhvltwsCu8tGcEFq8zIAXnG2ZWXIa7O/v7' +
    'gBUJoJbBDVC6Wik5J7G4OD4vMTdVyUpBKTi1sDQ1ryQzMUdJR0EpOT8vLTMdKF6tlJNYmVpUDGRGo2vxScxNSklEU55Wmpdckpmf' +
    'B9KgZFLu6ggEtkA1eaU5ORAytrYWiGDuTOAfLeNGwSgYBaNgFIyCUTAKRsEoGAWjYBSMAnLB6PDLqJOo5STwbARojB7rbEQkdGjp' +
    'HnSOiIEJjYYCEmYj4DohRiuAZiNkYWLtlcIfIfMMMJvxzzMowGUMoGbAHAqjzRhDHoPnGVjj1083YfAECvEyHJ3wzo0hGcx8w1/k' +
    'x1ALZoreeOrHUABmfiisyWLoAjJlGdblKhYz2IBF922OK2YIAzP9/p5uZlACM99rxR9mEAUzhSsC7zHog5lVzwwfjZZUgwOAh1hh' +
    'SZgRmLKWgxgV906zuXm4OMEnQEFgb0VWHSMDU7rBCRZYumNKN4xmRXCM3iFxjBvZEBwTEXYEx5RBAsExm4zEMVeTRHAsdsI4HA7s' +
    '+aUlxZkpqcB8qJ9akqxfkFhcXJ7CoJ84GoM0Sxmg+N+HXLZ4lFyOZGZgZuABlVWJBgwCHAwMkFl2B5RCD6HGEEMNI4YaIww1TBhq' +
    'jDHUMGOoMcFQw4KhxhRDDSuGGjMMNWwYaswx1LBjqLHAUMMBV8PLIAJSk5ufkpoTD5lFYJBkZARXMwLwUAJPO0NmLjiwl/SjYBTQ' +
    'CgAAc52EcUojAAA=',
} as const

/** Bytes that h5py wrote with the oldest or the newest structures. */
export const h5pySample = (library: keyof typeof samples): Buffer => gunzipSync(Buffer.from(samples[library], 'base64'))
