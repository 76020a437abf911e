"""Poses, grasps and the fit of the mixture."""
import json
import math

import torch

import fit_poses
from voxhand_training import grasp, poses
from voxhand_training.hand import FINGERS, HandModel

DEG = math.pi / 180
MODEL = HandModel()


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def shapes(n, seed):
    """Hands from child to adult, slim and broad."""
    g = seeded(seed)
    u = lambda lo, hi, *s: lo + (hi - lo) * torch.rand(n, *s, generator=g)
    return {**MODEL.neutral_shape(n), 'scale': u(.78, 1.16), 'mcp': u(.95, 1.05, 4, 3), 'lengths': u(.92, 1.08, 4, 3), 'thumb': u(.92, 1.08, 3),
            'radius': u(.85, 1.15, 1).expand(n, len(MODEL.groups))}


def one_object(kind, half, centre=(0., 0., 0.), n=1):
    t = lambda v: torch.tensor([[v, [0.] * 3]]).expand(n, 2, 3).clone()
    return {'kind': torch.full((n, 2), kind), 'centre': t(list(centre)), 'rotation': torch.eye(3).repeat(n, 2, 1, 1), 'half': t(list(half))}


# -- the mixture

def test_the_file_holds_a_mixture_over_all_angles_but_the_wrists():
    spec = json.loads(poses.MIXTURE_FILE.read_text())
    assert poses.MIXTURE_FILE.stat().st_size < 100_000
    assert spec['dofs'] == MODEL.dofs[2:]
    assert 12 <= len(spec['components']) <= 20
    assert abs(sum(c['weight'] for c in spec['components']) - 1) < 1e-3
    for c in spec['components']:
        assert [len(row) for row in c['factor']] == list(range(1, 22))
        assert all(row[-1] > 0 for row in c['factor'])


def test_draws_have_the_mixtures_mean_and_covariance():
    mixture = poses.PoseMixture()
    weights = mixture.weights / mixture.weights.sum()
    mean = (weights[:, None] * mixture.means).sum(0)
    off = mixture.means - mean
    within = mixture.factors @ mixture.factors.transpose(1, 2)
    covariance = (weights[:, None, None] * (within + off[:, :, None] * off[:, None])).sum(0)
    x = mixture.draw(40_000, seeded(1))
    assert (x.mean(0) - mean).abs().max() < .8 * DEG
    assert (x.T.cov() - covariance).norm() / covariance.norm() < .03


# -- the fit

def test_the_solver_finds_the_angles_that_made_the_directions():
    g = seeded(2)
    for part in ('thumb', *FINGERS):
        c = [i for i, d in enumerate(MODEL.dofs) if d.startswith(f'{part}_')]
        lo, hi = MODEL.lo[c].double(), MODEL.hi[c].double()
        # not straight: about a straight thumb's own axis its directions say nothing
        angles = lo + (hi - lo) * (.3 + .6 * torch.rand(200, len(c), generator=g, dtype=torch.float64))
        ways, axes = fit_poses.chain(angles)
        again = fit_poses.chain(fit_poses.solve(ways, axes, MODEL.rest[c].double()))[0]
        assert (again * ways).sum(-1).clamp(-1, 1).acos().max() < 2 * DEG


def test_directions_of_the_solver_are_those_of_the_hand_model():
    pose = poses.raw_poses(50, seeded(3), MODEL, poses.PoseMixture())
    joints, _, _ = MODEL.forward(pose)
    for k, part in enumerate(('thumb', *FINGERS)):
        c = [i for i, d in enumerate(MODEL.dofs) if d.startswith(f'{part}_')]
        bones = joints[:, 4 * k + 2:4 * k + 5] - joints[:, 4 * k + 1:4 * k + 4]
        assert torch.allclose(fit_poses.chain(pose[:, c])[0], bones / bones.norm(dim=-1, keepdim=True), atol=1e-4)


def test_expectation_maximisation_finds_two_clusters():
    g = seeded(4)
    z = torch.randn(600, 3, generator=g, dtype=torch.float64)
    x = torch.cat([z[:200] * 4 + 40, z[200:] * torch.tensor([3., 8., 3.]) - 40])
    weights, means, factors = fit_poses.fit(x, 2, g)
    order = means[:, 0].argsort()
    assert torch.allclose(weights[order], torch.tensor([2 / 3, 1 / 3], dtype=torch.float64), atol=.01)
    assert torch.allclose(means[order], torch.tensor([[-40.] * 3, [40.] * 3], dtype=torch.float64), atol=1.)
    assert abs(float((factors[order[0]] @ factors[order[0]].T)[1, 1].sqrt()) - 8) < 1


# -- poses

def test_poses_are_within_the_limits_and_fingers_do_not_pass_through_each_other():
    shape = shapes(1500, 5)
    pose = poses.draw_poses(1500, seeded(5), MODEL, shape)
    assert pose.shape == (1500, len(MODEL.dofs))
    assert ((pose >= MODEL.lo) & (pose <= MODEL.hi)).all()
    deep = poses.overlaps(MODEL, pose, shape).amax(1) > poses.DEEP
    assert deep.float().mean() < .005
    raw = poses.raw_poses(1500, seeded(5), MODEL, poses.PoseMixture())
    assert (poses.overlaps(MODEL, raw, shape).amax(1) > poses.DEEP).float().mean() > .1


def test_a_seed_gives_the_same_poses():
    assert torch.equal(poses.draw_poses(64, seeded(6), MODEL), poses.draw_poses(64, seeded(6), MODEL))
    assert not torch.equal(poses.draw_poses(64, seeded(6), MODEL), poses.draw_poses(64, seeded(7), MODEL))


def test_the_wrist_bends_as_far_as_wrists_do():
    flexion, deviation = poses.draw_poses(4000, seeded(8), MODEL)[:, :2].T / DEG
    assert 25 < flexion.std() < 34 and 10 < deviation.std() < 15
    assert flexion.min() < -70 and flexion.max() > 70
    # coupled to nothing
    curl = poses.draw_poses(4000, seeded(8), MODEL)[:, MODEL.dofs.index('middle_pip')]
    assert abs(torch.corrcoef(torch.stack([flexion, curl]))[0, 1]) < .05


def test_crossed_fingers_are_an_overlap_and_are_moved_apart():
    pose = MODEL.poses[MODEL.pose_names.index('open')].repeat(1, 1)
    assert poses.overlaps(MODEL, pose).max() < .001
    for name, angle in (('index_abduction', 22), ('middle_abduction', -15)):
        pose[0, MODEL.dofs.index(name)] = angle * DEG
    assert poses.overlaps(MODEL, pose).max() > .008
    apart, worst = poses.move_apart(MODEL, pose)
    assert worst[0] <= poses.DEEP
    assert torch.allclose(worst, poses.overlaps(MODEL, apart).amax(1))
    assert torch.equal(apart[:, :2], pose[:, :2])


# -- grasps

def test_distances_to_a_cylinder_a_box_and_a_ball():
    points = torch.tensor([[[.05, 0, 0], [.03, .04, .03], [.001, 0, 0], [.06, 0, .05]]])
    near = lambda kind, half: grasp.distance(one_object(kind, half), points)[0]
    assert torch.allclose(near(grasp.CYLINDER, (.03, .03, .02)), torch.tensor([.02, math.hypot(.02, .01), -.02, math.hypot(.03, .03)]), atol=1e-6)
    assert torch.allclose(near(grasp.BOX, (.03, .01, .02)), torch.tensor([.02, math.hypot(.03, .01), -.01, math.hypot(.03, .03)]), atol=1e-6)
    assert torch.allclose(near(grasp.BALL, (.03, .03, .03)), points[0].norm(dim=-1) - .03, atol=1e-4)
    both = one_object(grasp.CYLINDER, (.03, .03, .02))
    both['kind'][:, 1], both['half'][:, 1], both['centre'][:, 1] = grasp.BALL, .01, torch.tensor([.09, 0, .05])
    assert torch.allclose(grasp.distance(both, points)[0, 3], torch.tensor(.02), atol=1e-5)
    assert (grasp.distance(one_object(grasp.BOX, (0., 0., 0.)), points) == grasp.NONE).all()


def test_an_empty_hand_closes_to_the_end_unless_a_finger_meets_the_palm():
    start, end = (MODEL.poses[MODEL.pose_names.index(name)][None].clone() for name in ('open', 'open'))
    for part, angle in (('mcp', 40), ('pip', 50), ('dip', 20)):
        end[0, MODEL.dofs.index(f'middle_{part}')] = angle * DEG
    shape = MODEL.neutral_shape(1)
    assert torch.allclose(grasp.grasp(MODEL, shape, one_object(grasp.BOX, (0., 0., 0.)), start, end), end, atol=1e-5)
    for part in ('mcp', 'pip', 'dip'):
        end[0, MODEL.dofs.index(f'middle_{part}')] = 95 * DEG
    closed = grasp.grasp(MODEL, shape, one_object(grasp.BOX, (0., 0., 0.)), start, end)
    assert closed[0, MODEL.dofs.index('middle_dip')] < 90 * DEG
    assert poses.overlaps(MODEL, closed).max() < poses.DEEP


def test_a_finger_stops_at_a_wall():
    start = MODEL.poses[MODEL.pose_names.index('open')][None].clone()
    end = start.clone()
    i = MODEL.dofs.index('index_mcp')
    end[0, i] = 80 * DEG
    wall = one_object(grasp.BOX, (.2, .2, .01), (0., .15, .05))
    shape = MODEL.neutral_shape(1)
    pose = grasp.grasp(MODEL, shape, wall, start, end)
    assert 10 * DEG < pose[0, i] < 40 * DEG
    _, _, cones = MODEL.forward(pose, shape)
    points, radii = grasp.along([c[:, [k for k, g in enumerate(MODEL.groups) if g == 'index']] for c in cones])
    assert -grasp.SOFT - 5e-4 < (grasp.distance(wall, points) - radii).min() < .0015


def test_held_things_are_touched_and_not_pierced():
    n, shape = 200, shapes(200, 9)
    held = grasp.draw_grasps(n, seeded(9), MODEL, shape)
    assert ((held['pose'] >= MODEL.lo - 1e-6) & (held['pose'] <= MODEL.hi + 1e-6)).all()
    assert len(held['grip'].unique()) == len(grasp.GRIPS) and (held['grip'] >= 0).float().mean() > .99
    on = (held['grip'] >= 0).nonzero()[:, 0]
    rows = lambda d: {k: v[on] for k, v in d.items()}
    inside, crossed, loose = grasp.faults(MODEL, rows(shape), held['pose'][on], rows(held))
    assert inside.max() <= grasp.INSIDE and crossed.max() <= poses.DEEP and loose.max() <= grasp.TOUCH
    turn = held['rotation']
    assert torch.allclose(turn @ turn.transpose(-1, -2), torch.eye(3).expand_as(turn), atol=1e-4)
    assert (torch.linalg.det(turn) > 0).all()
    main = held['half'][on, 0]
    assert (main > 0).all() and main.max() <= .31
    cylinders = main[(held['kind'][on, 0] == grasp.CYLINDER) & (held['grip'][on] < 3), 0] * 2
    assert cylinders.min() >= .02 and cylinders.max() <= .11 and cylinders.max() > .08


def test_a_drink_can_lies_in_the_palm_under_all_fingers_with_the_thumb_opposite():
    g, n = seeded(10), 64
    shape = MODEL.neutral_shape(n)
    grips = grasp._Grips(MODEL, shape, grasp._Draw(n, g, 'cpu'))
    r, h = torch.full((n,), .033), torch.full((n,), .0575)
    thing = grasp._thing(grips.d, [(grasp.CYLINDER, torch.stack([r, r, h], 1), None, None)])
    objects, start, end = grips.in_palm(thing, h, torch.zeros(n), torch.full((n,), .08))
    pose = grasp.grasp(MODEL, shape, objects, start, end)
    _, _, cones = MODEL.forward(pose, shape)
    touch = {}
    for part in ('palm', 'thumb', *FINGERS):
        points, radii = grasp.along([c[:, [k for k, x in enumerate(MODEL.groups) if x == part]] for c in cones])
        touch[part] = ((grasp.distance(objects, points) - radii).amin(1) < grasp.TOUCH).float().mean()
    assert touch['palm'] > .7 and touch['thumb'] > .8
    assert all(touch[f] > .9 for f in FINGERS)


def test_some_hands_have_all_fingers_far_apart():
    pose = poses.raw_poses(2000, seeded(3), MODEL, poses.PoseMixture())
    at = lambda name: pose[:, MODEL.dofs.index(name)] / DEG
    wide = (at('little_abduction') - at('index_abduction') > 25) & (at('thumb_radial') > 42) & (at('index_pip') < 30) & (at('little_pip') < 30)
    assert .1 < wide.float().mean() < .25
    assert (at('little_abduction') - at('index_abduction'))[wide].max() > 65


def test_some_hands_with_fingers_far_apart_have_closed_digits_the_thumb_oftenest():
    pose = poses._splayed(4000, seeded(4), MODEL) / DEG
    at = lambda name: pose[:, MODEL.dofs.index(name)]
    thumb, fingers = at('thumb_twist') < -70, torch.stack([at(f'{f}_mcp') > 60 for f in FINGERS], 1)
    assert .25 < thumb.float().mean() < .35 and (fingers.float().mean(0) < .15).all() and (fingers.float().mean(0) > .05).all()
    four = thumb & ~fingers.any(1)
    assert .08 < four.float().mean() < .2
    assert (at('index_abduction')[four] < -5).all()
