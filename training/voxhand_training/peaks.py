"""From the detector's output to hands, as src/detection does it, and how good they are."""
import torch
import torch.nn.functional as F

from .detector_net import FINER, FOCAL, SECOND_FROM, STRIDE, surface

MOST = 16               # peaks that are looked at
APART = .06             # metres: of two peaks that are closer the weaker is dropped
NEAR_3D, NEAR_LATERAL = .04, .025       # metres: a hand is found where a peak is that near in space, or across the line of sight
WINDOWS = 3             # windows of a second look, at most
WINDOW = 96             # pixels of the finer picture along an edge of one
FAINT = .05               # the score from which a far peak is looked at a second time
SAME = .12              # metres across the line of sight: peaks of a second look that near belong to what it was for
SWITCHED = .5           # metres: what the first look sees beyond is what the second look says of it
CLAIMED = .08           # metres across the line of sight: a peak farther from every hand is a false one
WELL_SEEN = 20e-4       # square metres of visible hand which the recall counts


@torch.no_grad()
def peaks(output, depth, threshold, centre=None):
    """Hands of one picture: output [11, h, w], depth [1, H, W] metres -> a list, best first, of {score, uv [2], root [3], direction [2], sure,
    length, left, com [3]}; metres, pixels, camera frame. `centre` (cx, cy) is the picture's middle where not given."""
    score = output[0].sigmoid()
    high, near = F.max_pool2d(score[None], 3, 1, 1)[0], surface(depth[None])[0]
    h, w = score.shape
    cx, cy = centre or ((w * STRIDE - 1) / 2, (h * STRIDE - 1) / 2)
    rows, cols = ((score == high) & (score > threshold) & near.isfinite()).nonzero(as_tuple=True)
    found = []
    for k in score[rows, cols].argsort(descending=True)[:MOST].tolist():
        b, a = rows[k].item(), cols[k].item()
        o = output[:, b, a]
        z = near[b, a] + o[3] / 10
        uv = torch.stack([STRIDE * (a + o[1]) + 1.5, STRIDE * (b + o[2]) + 1.5])
        root = torch.stack([(uv[0] - cx) / FOCAL * z, (uv[1] - cy) / FOCAL * z, z])
        if all((root - other['root']).norm() > APART for other in found):
            sure = o[4:6].norm()
            found.append({'score': score[b, a].item(), 'uv': uv, 'root': root, 'direction': o[4:6] / sure.clamp(min=1e-6), 'sure': sure.item(),
                          'length': (.09 * (1 + o[6])).item(), 'left': o[7].sigmoid().item(), 'com': root + o[8:11] / 10})
    return found


@torch.no_grad()
def two_looks(net, depth, threshold):
    """As `peaks` of a picture [H, W] that is FINER times as fine: a first look at every FINER-th pixel, then a second one, through windows of the whole, at
    what may be a hand far away (detector_net.py)."""
    (h, w), small = depth.shape, depth[::FINER, ::FINER].contiguous()
    centre = ((w - 1) / 2, (h - 1) / 2)
    found = peaks(net(small[None, None])[0], small[None], min(threshold, FAINT), tuple(c / FINER for c in centre))
    out = [p for p in found if p['root'][2] < SWITCHED]
    looked, seen = [], torch.tensor([1., 1., FINER])
    for p in found:
        if p['root'][2] <= SECOND_FROM or len(looked) == WINDOWS or any((p['root'] - q['root'])[:2].norm() < SAME / 2 for q in looked):
            continue
        looked.append(p)
        left, top = (int(max(0, min(size - WINDOW, round(c + (p['root'][k] / p['root'][2] * FOCAL * FINER).item()) - WINDOW // 2)))
                     for k, size, c in ((0, w, centre[0]), (1, h, centre[1])))
        window = depth[None, top:top + WINDOW, left:left + WINDOW] / FINER
        for q in peaks(net(window[None].contiguous())[0], window, threshold, (centre[0] - left, centre[1] - top)):
            q.update(uv=(q['uv'] + torch.tensor([left, top])) / FINER, root=q['root'] * seen, com=q['com'] * seen)
            if q['root'][2] >= SECOND_FROM and (q['root'] - p['root'])[:2].norm() < SAME:
                out.append(q)
    return distinct(q for q in out if q['score'] > threshold)


def distinct(found):
    """The surest first; of two that are nearer to each other than APART the surer one."""
    kept = []
    for q in sorted(found, key=lambda q: -q['score']):
        if all((q['root'] - other['root']).norm() > APART for other in kept):
            kept.append(q)
    return kept


def lateral(point, truth):
    """Distance of `point` to the line of sight through `truth` at the truth's depth, metres."""
    return (point[:2] * (truth[2] / point[2]) - truth[:2]).norm().item()


def matched(found, scene):
    """Which peak is which hand: pairs (peak, hand, error in 3D, lateral error), nearest first; and the peaks that are near no hand at all."""
    hands = (scene['valid'] | scene['ignore']).nonzero()[:, 0].tolist()
    pairs = sorted((lateral(p['root'], scene['root'][k]), (p['root'] - scene['root'][k]).norm().item(), i, k) for i, p in enumerate(found) for k in hands)
    taken, kept = set(), []
    for across, straight, i, k in pairs:
        if across < CLAIMED and ('p', i) not in taken and ('h', k) not in taken:
            taken |= {('p', i), ('h', k)}
            kept.append((i, k, straight, across))
    false = [i for i in range(len(found)) if not any(j == i and across < CLAIMED for across, _, j, _ in pairs)]
    return kept, false


@torch.no_grad()
def judged(net, scenes, floor=.05):
    """Every well-seen hand and every false peak of the scenes (as SceneSampler.batch gives them, FINER times as fine). `net` in eval mode: pictures to answers.

    Gives (hands, false, pictures): hands as `rows` gives them, false are scores.
    """
    hands, false, count = [], [], len(scenes['depth'])
    for i in range(count):
        own, strange = rows(two_looks(net, scenes['depth'][i].float(), floor), {k: v[i] for k, v in scenes.items()})
        hands, false = hands + own, false + strange
    return hands, false, count


def rows(found, scene):
    """A picture's well-seen hands, {score, straight, across (metres), turn (degrees), left, said, tilt, sensor} with score 0 where no peak is near,
    and the scores of its false peaks. A peak needs {root, direction, score, left}, a scene {valid, ignore, area, root, direction, left, tilt} [K]."""
    kept, strangers = matched(found, scene)
    near = {k: (found[j], straight, across) for j, k, straight, across in kept}
    hands = []
    for k in (scene['valid'] & (scene['area'] >= WELL_SEEN)).nonzero()[:, 0].tolist():
        row = {'score': 0., 'left': scene['left'][k].item(), 'tilt': scene['tilt'][k].item(), 'sensor': int(scene['sensor']) if 'sensor' in scene else -1}
        if k in near:
            p, row['straight'], row['across'] = near[k]
            row['turn'] = torch.rad2deg(torch.acos((p['direction'] @ scene['direction'][k]).clamp(-1, 1))).item()
            if row['straight'] < NEAR_3D or row['across'] < NEAR_LATERAL:
                row['score'], row['said'], row['root'] = p['score'], p['left'], (p['root'] - scene['root'][k]).tolist()
        hands.append(row)
    return hands, [found[j]['score'] for j in strangers]


def threshold_for(false, pictures, allowed=.05):
    """The lowest threshold with at most `allowed` false hands per picture."""
    spare = int(allowed * pictures)
    ordered = sorted(false, reverse=True)
    return ordered[spare] + 1e-4 if len(ordered) > spare else .05


def summary(hands, false, pictures, threshold):
    """Figures at a threshold. Distances in mm, angles in degrees of hands tilted by less than 60 degrees out of the picture, and of all."""
    found = [r for r in hands if r['score'] >= threshold]
    quantile = lambda values, q=.5: round(torch.tensor(values).quantile(q).item(), 2) if values else None
    mm = [r['straight'] * 1000 for r in found]
    share = lambda n, of: round(n / of, 4) if of else None
    return {'threshold': round(threshold, 3), 'hands': len(hands), 'recall': share(len(found), len(hands)),
            'falsePerPicture': share(sum(s >= threshold for s in false), pictures),
            'within40mm': share(sum(r['straight'] < NEAR_3D for r in found), len(hands)),
            'meanMm': round(sum(mm) / len(mm), 2) if mm else None, 'medianMm': quantile(mm), 'p95Mm': quantile(mm, .95),
            'lateralMm': quantile([r['across'] * 1000 for r in found]),
            'turn': quantile([r['turn'] for r in found]), 'turnFlat': quantile([r['turn'] for r in found if r['tilt'] > .5]),
            'turnWithin30': share(sum(r['turn'] < 30 for r in found if r['tilt'] > .5), sum(r['tilt'] > .5 for r in found)),
            'side': share(sum((r['said'] > .5) == r['left'] for r in found), len(found))}
