"""Export the detector and the second stage of detection: an 8-bit graph, its figures on held-out scenes, and a self-test. export.py calls this.

The figures are those of the graph itself, in onnxruntime where Python has it, else in PyTorch's imitation of it (run_graph.py).
"""
import base64

import torch

from . import detector_graph, onnx_graph
from .calibrate import calibrate
from .data import HOLDOUT_SEED
from .detector import CHOICE_SEED, evaluate, make_scenes
from .detector_net import FINER, FOCAL, OUTPUTS, STRIDE
from .run_graph import opened
from .samples import CALIBRATION_SEED
from .verify import figures, make_candidates
from .verify_net import EDGE, SIZE

MULTIPLE, LARGEST = 16, 320         # pixels: what the detector's width and height are multiples of, and at most
SURE = 3.                           # logit of the self-test's answer, at least, where the network is ever so sure
EXACT = 1e-3                        # folding may change a number by less than this


def coded(array):
    return base64.b64encode(array.tobytes()).decode()


def batched(file):
    """A graph of batch 1 as a function of a batch."""
    run = opened(file)
    return lambda x: torch.cat([run(row[None].numpy()) for row in x])


def checked(calibration):
    if not calibration.folding < EXACT:
        raise SystemExit(f'folding batch norm changes the result by {calibration.folding:.1e}')
    return calibration


def about(member, graph, count):
    return {'model': member.model, 'seed': member.seed, 'samples': member.samples, 'minutes': member.minutes, 'parameters': member.parameters,
            'holdout': {'count': count, 'seed': HOLDOUT_SEED}, 'graphs': {'2d8': graph}}


def export_detector(member, out, calibration=48, count=2000):
    """Gives the content of export.json."""
    file = out / 'model-2d8.onnx'
    scenes = make_scenes(CALIBRATION_SEED)(calibration)['depth'][:, None]
    detector_graph.write(member.net, file, checked(calibrate(member.net, scenes)))
    run = batched(file)
    with torch.no_grad():
        moved = (run(scenes[:16]) - member.net(scenes[:16])).square().mean((0, 2, 3)).sqrt()
    graph = {'files': [file.name], 'kind': 'hands', 'tensor': detector_graph.OUTPUT, 'precision': 'uint8', 'input': [1, 1, *scenes.shape[2:]],
             'difference': [round(d, 4) for d in moved.tolist()]}
    result = {**about(member, graph, count), 'focal': FOCAL, 'multiple': MULTIPLE, 'maxSize': LARGEST, 'finer': FINER, 'channels': OUTPUTS, 'stride': STRIDE}
    if count:
        result['figures'] = evaluate(run, count)
        f = result['figures']['all']
        result['errorMm'] = {'mean': f['meanMm'], 'median': f['medianMm'], 'p95': f['p95Mm'], 'lateralMedian': f['lateralMm']}
        result['measuredOn'] = (
            f"{count} held-out synthetic scenes (seed {HOLDOUT_SEED}), 0 to 4 hands, clutter and sensors on: the root of the middle finger of {f['recall']:.1%} of "
            f"{f['hands']} hands with at least 20 cm² in sight (found within 40 mm, or 25 mm across the line of sight), {f['falsePerPicture']} false hands per "
            f"picture at a score of {f['threshold']}; direction off by {f['turnFlat']} degrees (median)")
    result['selfTest'] = picture_test(run)
    return result


def picture_test(run):
    """A picture in whole millimetres with a hand that the graph is sure of, and what the graph answers in its best cell."""
    best = None
    for depth in make_scenes(CHOICE_SEED - 1)(32)['depth']:
        mm = (depth * 1000).round().clamp(0, 65535)
        answer = run((mm / 1000)[None, None])[0]
        logit, cell = answer[0].flatten().max(0)
        if best is None or logit > best[0]:
            best = logit, cell.item(), answer, mm
        if best[0] > SURE:
            break
    _, cell, answer, mm = best
    row, column = divmod(cell, answer.shape[2])
    return {'width': mm.shape[1], 'height': mm.shape[0], 'millimetres': coded(mm.numpy().astype('<u2')),
            'expected': {'column': column, 'row': row, 'values': [round(v, 5) for v in answer[:, row, column].tolist()]}}


def export_verify(member, out, detector=None, calibration=64, count=2000):
    """`detector`: the path of a checkpoint whose peaks on held-out scenes are what the figures are measured on."""
    file = out / 'model-2d8.onnx'
    candidates = make_candidates(CALIBRATION_SEED)(calibration)
    grids = candidates['grid'][:, None].float()
    facts = onnx_graph.write(member.net, '2d8', file, checked(calibrate(member.net, grids)))
    run = batched(file)
    answer = lambda x: run(x.to(torch.uint8)).view(len(x), -1)
    with torch.no_grad():
        moved = (answer(grids) - member.net(grids)).square().mean(0).sqrt()
    graph = {'files': [file.name], **facts, 'difference': [round(d, 4) for d in moved.tolist()]}
    result = {**about(member, graph, count), 'size': SIZE, 'edge': EDGE}
    if count:
        f = result['figures'] = figures(answer, make_candidates(HOLDOUT_SEED, detector, bool(detector))(count))
        result['errorMm'] = {'mean': f['meanMm'], 'median': f['medianMm'], 'p95': f['p95Mm'], 'medianBefore': f['beforeMm']}
        result['measuredOn'] = (
            f"{count} {'peaks of the detector' if detector else 'places with the errors of a detector'} in held-out synthetic scenes (seed {HOLDOUT_SEED}): "
            f"{f['accepted']:.1%} of {f['hands']} well seen hands accepted, {f['refused']:.1%} of {f['places']} other places refused; side right in {f['side']:.1%}; "
            f"direction off by {f['turn']} degrees (median), {f['turnBefore']} before; \"before\" is the place that the network is given")
    hand = int(((candidates['distance'] < .02) & (candidates['area'] > 40e-4)).float().argmax())
    cells = candidates['grid'][hand].flatten().nonzero()[:, 0]
    result['selfTest'] = {'occupied': coded(cells.numpy().astype('<u4')), 'values': [round(v, 5) for v in answer(grids[hand:hand + 1])[0].tolist()]}
    return result
