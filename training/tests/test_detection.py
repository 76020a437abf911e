"""Detection: features, targets, peaks, candidates and graphs."""
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from voxhand_training import detector_graph, onnx_graph
from voxhand_training.calibrate import calibrate
from voxhand_training.candidates import PICTURE, CandidateSampler, near
from voxhand_training.detector import CROP, cropped, loss_of, mirrored, resampled, targets, windows
from voxhand_training.detector_net import FINER, FOCAL, OUTPUTS, SECOND_FROM, STRIDE, Detector, features, surface
from voxhand_training.peaks import APART, lateral, matched, peaks, threshold_for, two_looks
from voxhand_training.run_graph import RUNTIME, opened
from voxhand_training.tiny import tiny, tiny_grids
from voxhand_training.verify_net import EDGE, SIZE

HAND = {'uv': (70.3, 60.8), 'direction': (.6, -.8), 'length': .1, 'left': True, 'com': (.01, -.02, .03)}


def picture(z=.5, h=128, w=160):
    """One hand at depth `z` in front of a wall at 1.2 m; its root 2 cm below the surface."""
    depth = torch.full((1, h, w), 1.2)
    u, v = HAND['uv']
    depth[0, int(v) - 12:int(v) + 12, int(u) - 12:int(u) + 12] = z - .02
    root = torch.tensor([(u - (w - 1) / 2) / FOCAL * z, (v - (h - 1) / 2) / FOCAL * z, z])
    slots = lambda value: torch.stack([torch.as_tensor(value).float(), *[torch.zeros(torch.as_tensor(value).shape)] * 3])[None]
    return {'depth': depth, 'mask': depth < 1, 'uv': slots(HAND['uv']), 'root': slots(root), 'direction': slots(HAND['direction']), 'com': slots(HAND['com']),
            'tilt': slots(1.), 'length': slots(HAND['length']), 'area': slots(.01), 'left': slots(1.) > 0, 'valid': slots(1.) > 0,
            'ignore': slots(0.) > 0}


def ideal(samples):
    """What a perfect network answers to the first hand of each picture."""
    b, h, w = samples['depth'].shape
    out = torch.zeros(b, OUTPUTS, h // 4, w // 4)
    peak, way = targets(samples, h // 4, w // 4)
    out[:, 0] = torch.logit(peak[:, 0].clamp(1e-6, 1 - 1e-6))
    first = lambda k: samples[k][:, 0].float()
    out[:, 1:3] = way[:, 0]
    out[:, 3] = 10 * (first('root')[:, 2, None, None] - surface(samples['depth'][:, None]))
    out[:, 4:6] = first('direction')[..., None, None]
    out[:, 6] = (first('length') / .09 - 1)[:, None, None]
    out[:, 7] = 20 * (2 * first('left') - 1)[:, None, None]
    out[:, 8:11] = 10 * first('com')[..., None, None]
    return out


class Pictures(unittest.TestCase):
    def test_features_are_between_the_numbers_that_8_bits_hold(self):
        depth = torch.rand(2, 1, 32, 48, generator=torch.Generator().manual_seed(1)) * 12 - 2
        x = features(depth)
        self.assertEqual(x.shape[1], 5)
        self.assertTrue(((x >= -2) & (x <= 2.7)).all())
        self.assertTrue((x[(depth <= 0).expand(-1, 5, -1, -1)] == 0).all())

    def test_an_empty_picture_has_no_features_and_no_surface(self):
        self.assertEqual(features(torch.zeros(1, 1, 32, 32)).abs().max().item(), 0)
        self.assertTrue(surface(torch.zeros(1, 1, 32, 32)).isinf().all())

    def test_the_surface_of_a_cell_is_its_nearest_depth_or_that_of_the_cells_around(self):
        depth = torch.zeros(1, 1, 16, 16)
        depth[0, 0, 5, 6], depth[0, 0, 6, 5] = .8, .7
        near = surface(depth)[0]
        self.assertAlmostEqual(near[1, 1].item(), .7, places=6)
        self.assertAlmostEqual(near[2, 0].item(), .7, places=6)
        self.assertTrue(near[3, 3].isinf() and near[1, 3].isinf())


class Peaks(unittest.TestCase):
    def test_a_perfect_answer_gives_the_hand(self):
        s = picture()
        (hand,) = peaks(ideal(s)[0], s['depth'], .3)
        self.assertLess((hand['root'] - s['root'][0, 0]).norm().item(), 1e-5)
        self.assertLess((hand['com'] - hand['root'] - s['com'][0, 0]).norm().item(), 1e-5)
        self.assertLess((hand['uv'] - s['uv'][0, 0]).norm().item(), 1e-4)
        self.assertAlmostEqual(hand['length'], .1, places=5)
        self.assertGreater(hand['left'], .99)

    def test_of_two_peaks_that_are_near_in_space_the_stronger_stays(self):
        s = picture()
        answer = ideal(s)[0]
        row, column = divmod(answer[0].argmax().item(), answer.shape[2])
        answer[0] = -9
        for d, logit in ((0, 2.), (2, 1.), (9, 0.)):
            answer[0, row, column + d] = logit
        answer[1:3] = 0
        answer[3] = 10 * (.5 - surface(s['depth'][:, None]))[0]
        found = peaks(answer, s['depth'], .2)
        self.assertEqual([round(p['score'], 2) for p in found], [.88, .5])
        self.assertGreater((found[0]['root'] - found[1]['root']).norm(), APART)

    def test_a_peak_beside_every_hand_is_false(self):
        s = {k: v[0] for k, v in picture().items()}
        at = lambda dx: {'root': s['root'][0] + torch.tensor([dx, 0, 0]), 'score': .5}
        kept, false = matched([at(.01), at(.2), at(.03)], s)
        self.assertEqual([(i, k) for i, k, _, _ in kept], [(0, 0)])
        self.assertEqual(false, [1])

    def test_the_lateral_error_leaves_depth_out(self):
        truth = torch.tensor([.1, -.2, .5])
        self.assertLess(lateral(truth * 1.3, truth), 1e-6)

    def test_the_threshold_allows_one_false_hand_in_twenty_pictures(self):
        false = [.9, .8, .7, .6, .5]
        threshold = threshold_for(false, 60)
        self.assertEqual(sum(s >= threshold for s in false), 3)
        self.assertEqual(threshold_for([], 60), .05)


class SecondLooks(unittest.TestCase):
    """A patch of 6 cm before a wall, and a network that takes the middle of what is nearest for a root, as sure of it as it has pixels."""
    PLACE = (.12, -.1, 1.2)

    def picture(self):
        h, w, f = 256, 320, FOCAL * FINER
        v, u = torch.meshgrid(torch.arange(h), torch.arange(w), indexing='ij')
        x, y = (u - (w - 1) / 2) / f * self.PLACE[2] - self.PLACE[0], (v - (h - 1) / 2) / f * self.PLACE[2] - self.PLACE[1]
        return torch.where(x * x + y * y < .03 ** 2, self.PLACE[2], 2.).float()

    def network(self, seen):
        def answer(depth):
            seen.append(depth)
            near = depth[0, 0] < depth.min() + .01
            v, u = (t.float().mean() for t in near.nonzero(as_tuple=True))
            b, a = int(v // STRIDE), int(u // STRIDE)
            out = torch.zeros(1, OUTPUTS, depth.shape[2] // STRIDE, depth.shape[3] // STRIDE)
            out[0, 0] = -9
            out[0, :3, b, a] = torch.stack([(near.sum() / 40.).log(), (u - 1.5) / STRIDE - a, (v - 1.5) / STRIDE - b])
            out[0, 5, b, a] = -1
            return out
        return answer

    def test_a_far_hand_is_looked_at_in_a_finer_window_of_half_the_depth(self):
        seen = []
        (hand,) = two_looks(self.network(seen), self.picture(), .6)
        self.assertEqual([tuple(d.shape[2:]) for d in seen], [(128, 160), (96, 96)])
        self.assertAlmostEqual(seen[1].min().item(), self.PLACE[2] / 2, places=5)
        self.assertLess((hand['root'] - torch.tensor(self.PLACE)).norm().item(), .005)
        self.assertGreater(hand['score'], .7)      # the first look alone gives 0.41

    def test_windows_keep_the_truth_of_far_hands_and_do_not_judge_near_ones(self):
        s = picture()
        big = lambda t: t.repeat_interleave(FINER, -1).repeat_interleave(FINER, -2)
        fine = {**s, 'depth': big(s['depth']), 'mask': big(s['mask']), 'uv': FINER * s['uv'] + .5}
        for far in (False, True):
            near = s['root'][0, 0, 2].item()
            stretch = 1.2 / near if far else (SECOND_FROM - .05) / near
            moved = {**fine, 'depth': fine['depth'] * stretch, 'root': fine['root'] * stretch}
            out = windows(moved, torch.Generator().manual_seed(0))
            self.assertEqual(out['depth'].shape, s['depth'].shape)
            self.assertEqual((out['valid'][0, 0].item(), out['ignore'][0, 0].item()), (far, not far))
            torch.testing.assert_close(out['root'][0, 0], moved['root'][0, 0] * torch.tensor([1, 1, .5]))
            u, v = out['uv'][0, 0].round().long().tolist()
            if far and 0 <= u < out['depth'].shape[2] and 0 <= v < out['depth'].shape[1]:
                was = moved['uv'][0, 0].round().long().tolist()
                self.assertAlmostEqual(out['depth'][0, v, u].item(), moved['depth'][0, was[1], was[0]].item() / FINER, places=5)


class Samples(unittest.TestCase):
    def test_a_perfect_answer_loses_least(self):
        s = picture()
        torch.manual_seed(0)

        class Answer(torch.nn.Module):
            def __init__(self, spoil):
                super().__init__()
                self.spoil = spoil

            def taught(self, depth):
                seen = torch.nn.functional.max_pool2d(self.samples['mask'].float()[:, None], 4)
                return self.spoil(ideal({**self.samples, 'depth': depth[:, 0]})), 20 * (2 * seen - 1)
        answers = {'right': lambda o: o, 'moved': lambda o: torch.cat([o[:, :1].roll(3, 3), o[:, 1:]], 1), 'deep': lambda o: o + torch.eye(OUTPUTS)[3].view(1, -1, 1, 1),
                   'turned': lambda o: torch.cat([o[:, :4], -o[:, 4:6], o[:, 6:]], 1), 'other side': lambda o: torch.cat([o[:, :7], -o[:, 7:8], o[:, 8:]], 1)}
        losses = {}
        for name, spoil in answers.items():
            net = Answer(spoil)
            net.samples = s
            losses[name] = loss_of(net, s, changed=lambda x: x)[0].item()
        for name in list(answers)[1:]:
            self.assertGreater(losses[name], losses['right'] + .3, name)

    def test_mirroring_keeps_the_hand_where_the_picture_shows_it(self):
        s = picture()
        torch.manual_seed(0)
        m = next(m for m in (mirrored(s) for _ in range(20)) if not m['left'][0, 0])
        u, v = m['uv'][0, 0].round().long().tolist()
        self.assertAlmostEqual(m['depth'][0, v, u].item(), .48, places=5)
        width = s['depth'].shape[-1]
        self.assertAlmostEqual((m['uv'][0, 0, 0] - (width - 1) / 2).item() / FOCAL * .5, m['root'][0, 0, 0].item(), places=5)
        self.assertAlmostEqual(m['direction'][0, 0, 0].item(), -.6, places=5)

    def test_a_window_keeps_the_hand_where_the_picture_shows_it(self):
        s = picture()
        torch.manual_seed(0)
        seen = 0
        for _ in range(40):
            c = cropped(s)
            self.assertEqual(tuple(c['depth'].shape), (1, CROP[1], CROP[0]))
            if c['valid'][0, 0]:
                seen += 1
                u, v = c['uv'][0, 0].round().long().tolist()
                self.assertAlmostEqual(c['depth'][0, v, u].item(), .48, places=5)
            else:
                self.assertTrue(c['ignore'][0, 0])
        self.assertGreater(seen, 10)


    def test_lone_missing_pixels_are_filled_and_holes_stay(self):
        depth = torch.full((40, 16, 16), .8)
        depth[:, 5, 5] = 0
        depth[:, 8:12, 8:12] = 0
        out = resampled(depth, torch.Generator().manual_seed(1))
        filled = out[:, 5, 5] > 0
        self.assertTrue(20 < filled.sum() < 40)
        self.assertTrue((out[:, 9:11, 9:11] == 0).all() and (out[~filled] == depth[~filled]).all())


class Candidates(unittest.TestCase):
    def test_the_cube_is_turned_so_that_the_wrist_lies_below_the_root(self):
        root, direction = np.array([.1, .05, .6]), np.array([.6, -.8])
        wrist = root - .09 * np.array([*direction, 0])
        focal, cx, cy, width, height = PICTURE
        image = np.zeros((height, width, 3), np.float32)
        u, v = (round(wrist[k] / wrist[2] * focal + c) for k, c in ((0, cx), (1, cy)))
        image[v, u] = [(u - cx) / focal * .6, (v - cy) / focal * .6, .6]
        hands = [{'root': root, 'joints': np.stack([wrist, *[root] * 20]), 'direction': direction, 'tilt': 1., 'left': False, 'area': .01}]
        off = np.array([.01, 0, .02])
        row = CandidateSampler.row(None, image, hands, root - off, direction, -1.)
        z, y, x = (i.item() for i in np.nonzero(row['grid']))
        # 90 mm below the root; the root is off the centre by `off`, turned into the cube
        self.assertEqual((z, y), (int(SIZE * (.5 + .02 / EDGE)), int(SIZE * (.5 + (.09 + row['root'][1] * EDGE) / EDGE))))
        self.assertLess(abs(x - SIZE * (.5 + row['root'][0])), 1.5)
        np.testing.assert_allclose(row['root'] * EDGE, [.01 * .8, -.01 * .6, .02], atol=1e-6)
        np.testing.assert_allclose(row['direction'], [0, -1], atol=1e-6)
        np.testing.assert_allclose((row['joints'][0] - row['joints'][9]) * EDGE, [0, .09, 0], atol=1e-6)

    def test_no_point_of_the_cube_is_left_out(self):
        g = np.random.default_rng(1)
        focal, cx, cy, width, height = PICTURE
        depth = g.uniform(.4, .9, (height, width)).astype(np.float32)
        x, y = (np.arange(width) - cx) / focal, (np.arange(height) - cy) / focal
        image = np.stack([x * depth, y[:, None] * depth, depth], 2)
        for place in ([.05, -.1, .6], [.3, .2, .7], [0, 0, .45]):
            cube = lambda p: ((np.linalg.norm(p[:, :2] - place[:2], axis=1) < EDGE / 2 ** .5) & (np.abs(p[:, 2] - place[2]) < EDGE / 2)).sum()
            self.assertEqual(cube(near(image, np.array(place))), cube(image.reshape(-1, 3)))


class Graphs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / 'graph.onnx'

    @torch.no_grad()
    def test_the_detector_s_graph_comes_close_at_any_size(self):
        torch.manual_seed(2)
        net = Detector((8, 8, 16, 16))
        for m in net.modules():
            if isinstance(m, torch.nn.BatchNorm2d):
                m.momentum = None
        torch.nn.init.normal_(net.out.weight, 0, .3)
        pictures = torch.cat([picture(z)['depth'] for z in (.3, .5, .7, .9)])[:, None] + .01 * torch.randn(4, 1, 128, 160)
        net.train()(pictures)
        net.eval()
        calibration = calibrate(net, pictures)
        self.assertLess(calibration.folding, 1e-4)
        detector_graph.write(net, self.file, calibration)
        for h, w in ((128, 160), (96, 64)):
            answer, own = opened(self.file)(pictures[1:2, :, :h, :w].numpy()), net(pictures[1:2, :, :h, :w])
            self.assertEqual(answer.shape, own.shape)
            relative = ((answer - own).square().mean() / own.var()).sqrt().item()
            self.assertLess(relative, .15)
            self.assertGreater(relative, 1e-4)
            if RUNTIME:
                self.assertLess((opened(self.file, own=True)(pictures[1:2, :, :h, :w].numpy()) - answer).abs().max(), .2 * own.std())

    @torch.no_grad()
    def test_the_second_stage_s_graph_comes_close(self):
        net, grids = tiny('verify').net, tiny_grids(16, 9)
        facts = onnx_graph.write(net, '2d8', self.file, calibrate(net, grids))
        self.assertEqual((facts['kind'], facts['output']), ('verdict', [1, 7]))
        run = opened(self.file)
        answer = torch.cat([run(g[None].numpy().astype(np.uint8)) for g in grids])
        relative = ((answer - net(grids)).square().mean() / net(grids).var()).sqrt().item()
        self.assertLess(relative, .1)
        self.assertGreater(relative, 1e-4)
