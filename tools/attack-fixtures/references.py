"""Attacks in PyTorch, written from their papers: what the attacks of this repository are compared with.

Each takes the model, pictures between 0 and 1 and their classes, and returns other pictures.
"""

import math

import torch
from torch.nn import functional as F


def spread(values):
    """One number an example, to multiply pictures with."""
    return values.view(-1, 1, 1, 1)


def size(norm, change):
    flat = change.flatten(1).abs()
    return flat.amax(1) if norm == "linf" else flat.norm(dim=1) if norm == "l2" else flat.sum(1)


def slope_of(function, images):
    images = images.detach().requires_grad_(True)
    return torch.autograd.grad(function(images).sum(), images)[0]


def cross_entropy(scores, labels):
    return F.cross_entropy(scores, labels, reduction="none")


def margin(scores, labels):
    """The best wrong score less the right one."""
    right = F.one_hot(labels, scores.shape[1]).bool()
    return scores.masked_fill(right, -1e30).amax(1) - scores[right]


def dlr(scores, labels):
    ordered = scores.sort(1, descending=True)[0]
    return margin(scores, labels) / (ordered[:, 0] - ordered[:, 2] + 1e-12)


def fgsm(model, inputs, labels, radius):
    return pgd(model, inputs, labels, radius, steps=1, stride=radius)


def pgd(model, inputs, labels, radius, steps=10, stride=None):
    """Madry et al. 2018, from the original itself."""
    images = inputs.clone()
    for _ in range(steps):
        slope = slope_of(lambda x: cross_entropy(model(x), labels), images)
        images = images + (stride or radius / 4) * slope.sign()
        images = torch.minimum(torch.maximum(images, inputs - radius), inputs + radius).clamp(0, 1)
    return images


def in_ball(norm, images, inputs, radius):
    change = images - inputs
    if norm == "linf":
        change = change.clamp(-radius, radius)
    else:
        change = change * spread((radius / size("l2", change).clamp(min=1e-12)).clamp(max=1))
    return (inputs + change).clamp(0, 1)


def apgd(model, inputs, labels, norm, radius, loss, steps):
    """Croce and Hein 2020, algorithm 1, for L-infinity and L2. Keeps the first picture that fools the model."""
    lift = lambda x: loss(model(x), labels)
    step = lambda g: g.sign() if norm == "linf" else g / spread(size("l2", g).clamp(min=1e-12))
    start = torch.rand_like(inputs) * 2 - 1 if norm == "linf" else torch.randn_like(inputs)
    images = in_ball(norm, inputs + radius * start / spread(size(norm, start)), inputs, radius)
    shares = [0.0, 0.22]
    while shares[-1] < 1:
        shares.append(shares[-1] + max(shares[-1] - shares[-2] - 0.03, 0.06))
    marks = {math.ceil(round(share * steps, 9)) for share in shares}
    former, found = images.clone(), images.clone()
    with torch.no_grad():
        best_value = lift(images)
        is_fooled = model(images).argmax(1) != labels
    best, value = images.clone(), best_value.clone()
    stride = torch.full_like(best_value, 2 * radius)
    rises, last_best, was_halved, last_mark = torch.zeros_like(stride), best_value.clone(), torch.ones_like(is_fooled), 0
    for index in range(1, steps + 1):
        ahead = in_ball(norm, images + spread(stride) * step(slope_of(lift, images)), inputs, radius)
        fresh = 0.75 if index > 1 else 1.0
        following = in_ball(norm, images + fresh * (ahead - images) + (1 - fresh) * (images - former), inputs, radius)
        former, images = images, following
        with torch.no_grad():
            scores = model(images)
            now = loss(scores, labels)
        newly = (scores.argmax(1) != labels) & ~is_fooled
        found[newly] = images[newly]
        is_fooled |= newly
        rises += (now > value).float()
        value = now
        better = now > best_value
        best[better], best_value[better] = images[better], now[better]
        if index in marks:
            stuck = (rises < 0.75 * (index - last_mark)) | (~was_halved & (best_value <= last_best))
            stride[stuck] /= 2
            images = torch.where(spread(stuck), best, images)
            was_halved, last_best, last_mark = stuck, best_value.clone(), index
            rises = torch.zeros_like(rises)
    return torch.where(spread(is_fooled), found, best)


def tightened(model, inputs, labels, images):
    """Pictures that fool the model, moved back towards their originals as far as they still do: twelve halvings."""
    with torch.no_grad():
        is_fooled = model(images).argmax(1) != labels
        near, far = torch.zeros(len(inputs)), torch.ones(len(inputs))
        for _ in range(12):
            middle = (near + far) / 2
            still = model(inputs + spread(middle) * (images - inputs)).argmax(1) != labels
            far, near = torch.where(still, middle, far), torch.where(still, near, middle)
        return torch.where(spread(is_fooled), inputs + spread(far) * (images - inputs), inputs)


def jacobian_gaps(model, images, labels):
    """For each other class how far it lies behind the label, and the slope of that lead."""
    with torch.no_grad():
        scores = model(images)
    for other in range(scores.shape[1]):
        lead = lambda x: (lambda s: s[:, other] - s.gather(1, labels.view(-1, 1))[:, 0])(model(x))
        yield other != labels, (scores[:, other] - scores.gather(1, labels.view(-1, 1))[:, 0]), slope_of(lead, images)


def nearest_border(model, images, labels, dual):
    best = torch.full((len(images),), float("inf"))
    gap, slope = torch.zeros(len(images)), torch.zeros_like(images)
    for is_other, lead, direction in jacobian_gaps(model, images, labels):
        distance = lead.abs() / size(dual, direction).clamp(min=1e-12)
        nearer = is_other & (distance < best)
        best[nearer], gap[nearer], slope[nearer] = distance[nearer], -lead[nearer], direction[nearer]
    return gap, slope


def deepfool(model, inputs, labels, norm, steps):
    """Moosavi-Dezfooli et al. 2016, with each step cut to the domain and the sum of all made 2 % longer."""
    dual = {"l2": "l2", "linf": "l1"}[norm]
    images = inputs.clone()
    for _ in range(steps):
        outside = (inputs + 1.02 * (images - inputs)).clamp(0, 1)
        with torch.no_grad():
            is_right = model(outside).argmax(1) == labels
        if not is_right.any():
            break
        gap, slope = nearest_border(model, images, labels, dual)
        amount = (gap.abs() + 1e-4) / size(dual, slope).clamp(min=1e-12)
        way = slope / spread(size("l2", slope).clamp(min=1e-12)) if norm == "l2" else slope.sign()
        stepped = (images + spread(amount) * way).clamp(0, 1)
        images = torch.where(spread(is_right), stepped, images)
    return tightened(model, inputs, labels, (inputs + 1.02 * (images - inputs)).clamp(0, 1))


def carlini_wagner(model, inputs, labels, searches, steps, rate):
    """Carlini and Wagner 2017 in L2: Adam in the variable whose tanh is the picture, and a search for the weight."""
    # In float64: near the ends of the domain float32 leaves few digits of the slope of tanh.
    hidden_start = torch.atanh((2 * inputs.double() - 1) * (1 - 1e-6))
    weight = torch.ones(len(inputs))
    low, high = torch.zeros(len(inputs)), torch.full((len(inputs),), float("inf"))
    best, best_size = inputs.clone(), torch.full((len(inputs),), float("inf"))
    for _ in range(searches):
        hidden = hidden_start.clone().requires_grad_(True)
        adam = torch.optim.Adam([hidden], lr=rate)
        ever = torch.zeros(len(inputs), dtype=torch.bool)
        for _ in range(steps):
            images = ((hidden.tanh() + 1) / 2).float()
            lead = margin(model(images), labels)
            loss = (images - inputs).square().sum((1, 2, 3)) + weight * (-lead).clamp(min=0)
            adam.zero_grad()
            loss.sum().backward()
            adam.step()
            with torch.no_grad():
                length = size("l2", images - inputs)
                is_better = (lead > 0) & (length < best_size)
                ever |= lead > 0
                best[is_better], best_size[is_better] = images[is_better], length[is_better]
        high = torch.where(ever, weight, high)
        low = torch.where(ever, low, weight)
        weight = torch.where(high.isinf(), weight * 10, (low + high) / 2)
    return tightened(model, inputs, labels, best)


def onto_plane(norm, images, slope, gap):
    """The smallest change inside the domain that raises a linear function by `gap`, by bisection of its level."""
    room = torch.where(slope > 0, 1 - images, images)
    speed = slope.abs() if norm == "l2" else torch.ones_like(slope)
    low, high = torch.zeros_like(gap), torch.full_like(gap, 1e6)
    amount = lambda level: torch.minimum(spread(level) * speed, room) * (slope != 0)
    for _ in range(100):
        level = (low + high) / 2
        is_enough = (amount(level) * slope.abs()).sum((1, 2, 3)) >= gap
        high, low = torch.where(is_enough, level, high), torch.where(is_enough, low, level)
    return amount(high.clamp(max=1e6)) * slope.sign()


def fab(model, inputs, labels, norm, steps):
    """Croce and Hein 2020 (FAB), untargeted, from the original itself."""
    dual = {"l2": "l2", "linf": "l1"}[norm]
    images, best = inputs.clone(), inputs.clone()
    best_size = torch.full((len(inputs),), float("inf"))
    for _ in range(steps):
        gap, slope = nearest_border(model, images, labels, dual)
        own = onto_plane(norm, images, spread(gap.sign()) * slope, gap.abs())
        from_origin = gap + ((images - inputs) * slope).sum((1, 2, 3))
        original = onto_plane(norm, inputs, slope, from_origin.clamp(min=0))
        near, far = size(norm, own), size(norm, original)
        lean = spread((near / (near + far).clamp(min=1e-12)).clamp(max=0.1))
        images = ((1 - lean) * (images + 1.05 * own) + lean * (inputs + 1.05 * original)).clamp(0, 1)
        with torch.no_grad():
            is_fooled = model(images).argmax(1) != labels
        length = size(norm, images - inputs)
        is_better = is_fooled & (length < best_size)
        best[is_better], best_size[is_better] = images[is_better], length[is_better]
        images = torch.where(spread(is_fooled), inputs + 0.9 * (images - inputs), images)
    return tightened(model, inputs, labels, best)


def square(model, inputs, labels, radius, queries):
    """Andriushchenko et al. 2020 in L-infinity: stripes, then squares of one colour, kept where the margin rises."""
    count, _, side, _ = inputs.shape
    sign = lambda *shape: torch.randint(0, 2, shape).float() * 2 - 1
    best = (inputs + radius * sign(count, 1, 1, side)).clamp(0, 1)
    with torch.no_grad():
        lead = margin(model(best), labels)
        for query in range(1, queries):
            passed = query / queries * 10_000
            share = 0.8 / 2 ** sum(passed > at for at in (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000))
            width = max(1, min(side, round((share * side * side) ** 0.5)))
            tried = best.clone()
            for row in range(count):
                top, left = (int(torch.randint(0, side - width + 1, (1,))) for _ in range(2))
                window = (row, slice(None), slice(top, top + width), slice(left, left + width))
                tried[window] = (inputs[window] + radius * sign(1, 1, 1)[0]).clamp(0, 1)
            now = margin(model(tried), labels)
            better = (now > lead) & (lead <= 0)
            best[better], lead[better] = tried[better], now[better]
    return best
