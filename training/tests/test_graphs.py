"""Networks, calibration and export, on tiny networks."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from voxhand_training import onnx_graph
from voxhand_training.calibrate import calibrate
from voxhand_training.checkpoint import load
from voxhand_training.data import heat_maps
from voxhand_training.eight_bit import WEIGHT_LIMIT, best_range, imitated, rounded_weights
from voxhand_training.export import differences, export, in_order
from voxhand_training.joint_decoder import decoder_of
from voxhand_training.net import VARIANTS, build
from voxhand_training.pack import pack
from voxhand_training.refine import TARGETS
from voxhand_training.run_graph import opened
from voxhand_training.tiny import SIZE, tiny, tiny_grids

POSE = ('compact', 'compact-wide', 'compact-side', 'v2v')
CHECKPOINT = Path(__file__).parents[1] / 'checkpoints' / 'compact16s.pt'


class Graphs(unittest.TestCase):
    """Every layout of every network against PyTorch."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / 'graph.onnx'
        self.grids = tiny_grids(4, 7)

    def test_folded_batch_norm_gives_the_same_numbers(self):
        for name in POSE:
            self.assertLess(calibrate(tiny(name).net, self.grids).folding, 2e-5, name)
        for target in TARGETS:
            self.assertLess(calibrate(tiny('refine').net, self.grids, target).folding, 1e-5, target)

    def difference(self, member, layout, calibration=None, **options):
        facts = onnx_graph.write(member.net, layout, self.file, calibration, **options)
        return differences(member, self.file, facts, self.grids)

    def test_float32_layouts_agree(self):
        for name in POSE:
            for layout in ('3d', '2d'):
                d = self.difference(tiny(name), layout)
                self.assertLess(d['max'], 2e-5, (name, layout))
                self.assertLess(d['maxMm'], .01, (name, layout))

    def test_float16_comes_close(self):
        for name in POSE:
            self.assertLess(self.difference(tiny(name), '3d16')['max'], .05, name)

    @torch.no_grad()
    def test_8_bit_comes_close(self):
        for name in POSE:
            member = tiny(name)
            own = member.net(self.grids)
            facts = onnx_graph.write(member.net, '2d8', self.file, calibrate(member.net, tiny_grids(16, 9)))
            run = opened(self.file)
            answers = torch.cat([in_order(run(g.numpy().astype(np.uint8).reshape(facts['input'])), facts) for g in self.grids])
            relative = ((answers - own).pow(2).mean() / own.var()).sqrt().item()
            self.assertLess(relative, .25 if name == 'v2v' else .1, name)
            self.assertGreater(relative, 1e-4, name)        # it is 8 bit, after all

    def test_refinement_networks_agree(self):
        member = tiny('refine')
        for target in TARGETS:
            calibration = calibrate(member.net, tiny_grids(16, 9), target)
            for layout, limit in (('3d', 1e-5), ('2d', 1e-5), ('3d16', 5e-3), ('2d8', .05)):
                self.assertLess(self.difference(member, layout, calibration, target=target)['max'], limit, (target, layout))

    @torch.no_grad()
    def test_an_open_batch_gives_what_single_grids_give(self):
        for name in ('compact', 'v2v', 'refine'):
            member = tiny(name)
            target = 'rom' if name == 'refine' else None
            facts = onnx_graph.write(member.net, '3d', self.file, dynamic=True, target=target)
            self.assertEqual(facts['input'], [1, 1, SIZE, SIZE, SIZE])
            run, raw = opened(self.file), self.grids.numpy().astype(np.uint8)
            together = run(raw)
            self.assertEqual(together.shape[0], len(raw))
            for i, answer in enumerate(together):
                self.assertLess((answer - run(raw[i:i + 1])[0]).abs().max(), 1e-4, name)

    def test_joints_leave_the_graph_as_the_decoder_reads_them_off_its_heat_maps(self):
        for decoder in ('gauss', 'smax'):
            for layout, dynamic in (('3d', False), ('3d', True)):
                d = self.difference(tiny('compact'), layout, decoder=decoder, sigma=1.5, dynamic=dynamic)
                self.assertLess(d['max'], 1e-4, decoder)
                self.assertLess(d['maxMm'], .05, decoder)

    def test_a_2d_layout_refuses_what_it_cannot_do(self):
        for options in ({'dynamic': True}, {'decoder': 'gauss', 'sigma': 1.5}):
            with self.assertRaises(ValueError):
                onnx_graph.write(tiny('compact').net, '2d', self.file, **options)

    def test_an_ensemble_has_a_file_a_member(self):
        with mock.patch('voxhand_training.export.grids_of', lambda seed, count, *_: tiny_grids(count, seed % 100)):
            about = export([tiny('compact', 1), tiny('compact', 2)], self.file.parent, ['3d', '2d8'], calibration=4, compare=0)
        self.assertEqual(about['graphs']['2d8']['files'], ['model-2d8-1.onnx', 'model-2d8-2.onnx'])
        one, two = (self.file.parent.joinpath(f).read_bytes() for f in about['graphs']['2d8']['files'])
        self.assertNotEqual(one, two)


class Decoders(unittest.TestCase):
    """The decoders of a graph on maps whose joints are known; test/training-graphs.test.ts compares them with src/heatmaps."""
    SIZE, SIGMA = 12, 1.5

    def decoded(self, maps, decoder='gauss'):
        return decoder_of(21, self.SIZE, decoder, self.SIGMA)(maps)

    def test_ideal_peaks_are_found(self):
        joints = .15 + .7 * torch.rand(8, 21, 3, generator=torch.Generator().manual_seed(3))
        maps = heat_maps(joints, self.SIZE, self.SIGMA)
        for decoder in ('gauss', 'smax'):
            answer = self.decoded(maps, decoder)
            self.assertLess((answer[..., :3] - joints).abs().max() * self.SIZE, .01, decoder)
            self.assertTrue(((answer[..., 3] > .6) & (answer[..., 3] <= 1)).all(), decoder)

    def test_a_peak_in_the_corner_stays_in_the_cube(self):
        ends = torch.tensor([.5, self.SIZE - .5]) / self.SIZE
        joints = torch.cartesian_prod(ends, ends, ends)[None].repeat(1, 3, 1)[:, :21]
        for decoder in ('gauss', 'smax'):
            answer = self.decoded(heat_maps(joints, self.SIZE, self.SIGMA), decoder)
            self.assertLess((answer[..., :3] - joints).abs().max() * self.SIZE, .1, decoder)

    def test_a_map_without_a_peak_is_no_joint(self):
        maps = torch.zeros(1, 21, *[self.SIZE] * 3)
        maps[:, 1] = .7         # flat
        maps[:, 2] = -1.
        for decoder in ('gauss', 'smax'):
            self.assertTrue((self.decoded(maps, decoder) == torch.tensor([.5, .5, .5, 0.])).all(), decoder)


class EightBit(unittest.TestCase):
    def test_weights_stay_within_7_bits_and_half_a_step(self):
        w = torch.randn(5, 3, 3, 3, 3, generator=torch.Generator().manual_seed(1)) * torch.tensor([1., 10., .01, 0., 3.]).view(-1, 1, 1, 1, 1)
        q, scale = rounded_weights(w)
        self.assertEqual(q.abs().amax().item(), WEIGHT_LIMIT)
        self.assertLessEqual(((q * scale.view(-1, 1, 1, 1, 1) - w).abs().flatten(1).amax(1) / scale).max().item(), .501)

    def test_zero_stays_zero(self):
        for lo, hi in ((0., 3.), (-1.7, 2.9), (-5., 0.)):
            self.assertEqual(imitated(torch.zeros(1), lo, hi).item(), 0)

    def test_a_rare_large_value_does_not_cost_the_others_their_precision(self):
        x = torch.rand(2_000_000, generator=torch.Generator().manual_seed(1))
        self.assertGreater(best_range(x)[1], .99)
        x[0] = 2.
        self.assertLess(best_range(x)[1], 1.5)


class Checkpoints(unittest.TestCase):
    @unittest.skipUnless(hasattr(torch.device, '__enter__'), 'a device as a context needs PyTorch 2')
    def test_every_variant_takes_another_size(self):
        for name in VARIANTS:
            with torch.device('meta'):          # shapes, no numbers: some are large
                net = build(name, 16).eval()
                self.assertEqual(tuple(net(torch.zeros(1, 1, 16, 16, 16)).shape), (1, 21, 8, 8, 8), name)
                self.assertEqual(build(name).state_dict().keys(), net.state_dict().keys(), name)

    def test_the_paper_s_network_has_its_widths(self):
        net = build('v2v16')
        self.assertEqual((net.size, net.out_size), (88, 44))
        self.assertEqual([m.conv.out_channels for m in (net.stem, *net.up)], [16, 32, 64])
        self.assertEqual(net.stem.conv.kernel_size, (7, 7, 7))
        self.assertEqual(sum(p.numel() for p in net.parameters()), 3_408_581)

    def test_a_packed_checkpoint_is_the_same_network(self):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / 'last.pt', Path(folder) / 'packed.pt'
            net = build('compact16', 32)
            torch.save({'ema': net.state_dict(), 'seen': 640, 'before': 60, 'spent': 90., 'log': [{'samples': 700, 'meanMm': 9.}],
                        'args': {'model': 'compact16', 'size': 32, 'edge': .26, 'sigma': 1.5, 'seed': 4}}, source)
            pack(source, target)
            whole, packed = load(source), load(target)
            self.assertEqual((packed.samples, packed.minutes, packed.seed, packed.net.size), (700, 1.5, 4, 32))
            self.assertEqual(packed.evaluation['meanMm'], 9.)
            grid = (torch.rand(1, 1, 32, 32, 32) < .05).float()
            self.assertLess((whole.net(grid) - packed.net(grid)).abs().max().item(), 1e-2)

    @unittest.skipUnless(CHECKPOINT.exists(), 'no checkpoint here')
    def test_the_repository_s_checkpoint_still_fits(self):
        c = load(CHECKPOINT)
        self.assertEqual((c.model, c.net.size), ('compact16s', 48))
