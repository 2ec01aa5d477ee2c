"""What the statistics of the privacy attacks must come to, by numpy, scipy and scikit-learn.

    python3 tools/privacy-fixtures/oracle.py 1 > packages/validation/test/privacy/fixtures/oracle.json

Each figure is taken from a library, or computed here from the formula of the paper by the longest way: over all pairs,
over all examples. The argument seeds the cases.
"""

import json
import sys

import numpy
from scipy import signal, stats
from sklearn.metrics import roc_auc_score

random = numpy.random.RandomState(int(sys.argv[1]))
CONFIDENCE = 0.99


def delong_deviation(members, others):
    above = (members[:, None] > others[None, :]) + 0.5 * (members[:, None] == others[None, :])
    return float(numpy.sqrt(above.mean(1).var(ddof=1) / len(members) + above.mean(0).var(ddof=1) / len(others)))


def area_case(members, others):
    truth = numpy.concatenate([numpy.ones(len(members)), numpy.zeros(len(others))])
    deviation = delong_deviation(members, others)
    catches = []
    for rate in (0.001, 0.01, 0.1):
        # Every threshold there is: the largest share of members among those that keep the rate.
        candidates = numpy.concatenate([members, others, [numpy.inf, -numpy.inf]])
        allowed = [t for t in candidates if (others > t).mean() <= rate + 1e-12]
        catches.append({"rate": rate, "found": float(max((members > t).mean() for t in allowed))})
    return {
        "members": members.tolist(),
        "others": others.tolist(),
        "area": float(roc_auc_score(truth, numpy.concatenate([members, others]))),
        "reach": float(stats.norm.ppf((1 + CONFIDENCE) / 2) * deviation),
        "catches": catches,
    }


def interval_case(successes, trials, confidence):
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else stats.beta.ppf(tail, successes, trials - successes + 1)
    high = 1.0 if successes == trials else stats.beta.ppf(1 - tail, successes + 1, trials - successes)
    return {"successes": successes, "trials": trials, "confidence": confidence, "low": float(low), "high": float(high)}


def softmax(logits):
    powers = numpy.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def membership_case(examples, population, references, classes):
    def draw(count):
        return random.normal(size=(count, classes)) * 2

    labels = random.randint(0, classes, examples)
    population_labels = random.randint(0, classes, population)
    target, target_population = draw(examples), draw(population)
    reference = [draw(examples) for _ in range(references)]
    reference_population = [draw(population) for _ in range(references)]
    learned = numpy.array([numpy.arange(population) % 2 == shadow % 2 for shadow in range(references)])

    rows, population_rows = numpy.arange(examples), numpy.arange(population)
    p = softmax(target)
    right = p[rows, labels]

    def logit(scores):
        q = softmax(scores)[rows, labels]
        return numpy.log(q / (1 - q))

    # LiRA, offline, one variance for all.
    outside = numpy.array([logit(scores) for scores in reference])
    common = numpy.sqrt(outside.var(axis=0).mean())
    lira = (logit(target) - outside.mean(axis=0)) / common

    # RMIA, offline, over all pairs of an example and one of the population.
    def expected(probability):
        return 0.5 * ((1 + 0.3) * probability + (1 - 0.3))

    ratio = right / expected(numpy.mean([softmax(s)[rows, labels] for s in reference], axis=0))
    other = softmax(target_population)[population_rows, population_labels]
    beside = numpy.array([softmax(s)[population_rows, population_labels] for s in reference_population])
    without = numpy.array([beside[~learned[:, z], z].mean() for z in population_rows])
    ratio_population = other / expected(without)
    rmia = [float(numpy.mean(x / ratio_population >= 1)) for x in ratio]

    # Song and Mittal's modified entropy, negated.
    weight, doubt = p.copy(), numpy.log(1 - p)
    weight[rows, labels], doubt[rows, labels] = 1 - right, numpy.log(right)
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "target": target.tolist(),
        "references": [scores.tolist() for scores in reference],
        "population": {
            "labels": population_labels.tolist(),
            "target": target_population.tolist(),
            "references": [scores.tolist() for scores in reference_population],
            "learned": learned.tolist(),
        },
        "confidence": numpy.log(p).max(axis=1).tolist(),
        "entropy": (-stats.entropy(p, axis=1)).tolist(),
        "loss": numpy.log(right).tolist(),
        "modifiedEntropy": (weight * doubt).sum(axis=1).tolist(),
        "lira": lira.tolist(),
        "liraBelow": stats.norm.cdf(lira).tolist(),
        "rmia": rmia,
    }


def similarity_case(height, width, planes):
    one = random.uniform(size=(planes, height, width))
    other = numpy.clip(one + 0.3 * random.normal(size=one.shape), 0, 1)
    size = min(height, width, 11)
    size -= 1 - size % 2
    line = stats.norm.pdf(numpy.arange(size) - (size - 1) / 2, scale=1.5)
    window = numpy.outer(line, line) / line.sum() ** 2
    values = []
    for a, b in zip(one, other):
        def mean(x):
            return signal.convolve2d(x, window, mode="valid")

        ma, mb = mean(a), mean(b)
        va, vb, cab = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
        c1, c2 = 0.01**2, 0.03**2
        values.append(((2 * ma * mb + c1) * (2 * cab + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))).ravel())
    return {
        "height": height,
        "width": width,
        "one": one.ravel().tolist(),
        "other": other.ravel().tolist(),
        "similarity": float(numpy.concatenate(values).mean()),
        "correlation": float(stats.pearsonr(one.ravel(), other.ravel())[0]),
    }


cases = {
    "confidence": CONFIDENCE,
    "areas": [
        area_case(random.normal(0.5, 1, 40), random.normal(0, 1, 60)),
        area_case(random.randint(0, 5, 30).astype(float), random.randint(0, 4, 50).astype(float)),
        area_case(random.uniform(2, 3, 12), random.uniform(0, 1, 15)),
        area_case(numpy.ones(10), numpy.ones(20)),
    ],
    "intervals": [
        interval_case(int(k), int(n), float(c))
        for n in (1, 7, 100, 2000)
        for k in sorted({0, 1, n // 3, n})
        for c in (0.9, 0.95, 0.9975)
    ],
    "quantiles": [{"share": float(s), "value": float(stats.norm.ppf(s))} for s in (1e-6, 0.025, 0.3, 0.5, 0.9, 0.9999)],
    "membership": [membership_case(20, 16, 4, 3), membership_case(12, 10, 6, 2)],
    "similarities": [similarity_case(16, 13, 1), similarity_case(7, 7, 2), similarity_case(28, 28, 1)],
}
print(json.dumps(cases, separators=(",", ":")))
