import { dataPlaces, excerpt, type Indicator } from './indicator.ts'
import { textRules } from './rules.ts'

/** Hosts that models and their tools name every day, with everything below them. */
const usualHosts = new Set(
  `huggingface.co hf.co github.com github.io githubusercontent.com gitlab.com bitbucket.org arxiv.org doi.org aclanthology.org
  openreview.net semanticscholar.org wikipedia.org wikimedia.org kaggle.com zenodo.org paperswithcode.com python.org pypi.org
  readthedocs.io readthedocs.org pytorch.org tensorflow.org keras.io onnx.ai onnxruntime.ai scikit-learn.org numpy.org scipy.org
  anaconda.org conda.io anaconda.com mlflow.org wandb.ai dvc.org ray.io apache.org gnu.org mozilla.org eclipse.org spdx.org
  opensource.org creativecommons.org choosealicense.com w3.org json-schema.org schema.org ietf.org iso.org openvino.ai dmg.org
  google.com googleapis.com googlesource.com microsoft.com azure.com aka.ms visualstudio.com nvidia.com ngc.nvidia.com intel.com
  amazonaws.com aws.amazon.com amazon.com meta.com meta.ai facebook.com fb.com fbaipublicfiles.com facebookresearch.com apple.com
  openai.com anthropic.com mistral.ai cohere.com cohere.ai stability.ai eleuther.ai allenai.org ai2.ai bigscience.huggingface.co
  databricks.com qwen.ai deepseek.com 01.ai tencent.com baidu.com alibaba.com aliyun.com aliyuncs.com modelscope.cn bytedance.com
  together.ai replicate.com ollama.com ollama.ai civitai.com sbert.net spacy.io explosion.ai fast.ai nltk.org stanford.edu mit.edu
  berkeley.edu cmu.edu lightning.ai adapterhub.ml ultralytics.com roboflow.com docker.com docker.io npmjs.com npmjs.org
  youtube.com twitter.com x.com linkedin.com medium.com discord.gg slack.com stackoverflow.com localhost example.com example.org
  example.net test invalid local localdomain`.split(/\s+/),
)

const isUsual = (host: string): boolean => {
  for (let rest = host.toLowerCase(); rest !== ''; ) {
    if (usualHosts.has(rest)) return true
    const dot = rest.indexOf('.')
    rest = dot < 0 ? '' : rest.slice(dot + 1)
  }
  return false
}

// 10/8, 127/8, 172.16/12, 192.168/16 and 0.0.0.0 are a laboratory's own machines.
const isPrivateAddress = (host: string): boolean =>
  /^(?:10|127|0|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(host) && /^[\d.]+$/.test(host)

/** Addresses, judged by their hosts. */
export const networkIndicators: readonly Indicator[] = [
  {
    rule: textRules['collection-endpoint'],
    places: dataPlaces,
    pattern:
      /(?<![\w-])(?:webhook\.site|requestbin\.(?:com|net)|hookbin\.com|pipedream\.net|beeceptor\.com|requestcatcher\.com|ngrok\.(?:io|app|dev)|ngrok-free\.(?:app|dev)|trycloudflare\.com|loca\.lt|serveo\.net|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.(?:pro|live|site|online|fun|me)|dnslog\.cn|ceye\.io|canarytokens\.(?:com|org)|transfer\.sh|pastebin\.com\/raw|discord(?:app)?\.com\/api\/webhooks|hooks\.slack\.com\/services|api\.telegram\.org\/bot)(?![a-z])/gi,
    what: 'an address that collects whatever is sent to it',
    shown: ([found]) => found,
  },
  {
    rule: textRules['collection-endpoint'],
    places: dataPlaces,
    pattern: /(?<![a-z2-7])[a-z2-7]{56}\.onion\b/g,
    what: 'an onion service',
    shown: ([found]) => found,
  },
  {
    rule: textRules['unknown-address'],
    places: dataPlaces,
    pattern: /\b(?:https?|ftps?|wss?):\/\/(?:[^\s/@"'<>]{1,100}@)?(\[[\da-f:]{2,45}\]|[\w.-]{1,253})/gi,
    what: 'an address of a host that models do not usually name',
    isMeant: ([, host = '']) =>
      (host.includes('.') || host.startsWith('[')) && !isUsual(host) && !isPrivateAddress(host),
    shown: ([found]) => excerpt(found),
  },
]
