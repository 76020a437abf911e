#!/bin/sh
# All packaged models anew, from the checkpoints in the repository. Run in training/, after npm ci and npm run build in the root.
# New weights need presence weights of their own (docs/detection.md, presence score).
# PYTHON chooses the interpreter; RUNS the folder for what lies between.
set -e
cd "$(dirname "$0")"
python=${PYTHON:-python3}
runs=${RUNS:-runs}
export_to() { out=$1; shift; "$python" -W ignore -m voxhand_training.export --out "$runs/$out" "$@"; }
# export, name, graph, and how the cubes of training are turned (for pose networks that are turned by the hand's direction)
finish() { (cd .. && node scripts/finish-model.mjs "training/$runs/$1" --name "$2" --graph "$3" --roll "${4:-forearm-down}"); }

export_to export --checkpoint checkpoints/compact16s.pt --layouts 3d 2d8
finish export compact 2d8 hand-down
finish export compact-fp32 3d hand-down
export_to gpu --checkpoint checkpoints/compact16s.pt --layouts 3d16 --dynamic-batch --decoder gauss --holdout-of "$runs/export"
finish gpu compact-gpu 3d16-gauss hand-down
export_to light --checkpoint checkpoints/light.pt --layouts 2d8
finish light compact-light 2d8 hand-down
export_to refine --checkpoint checkpoints/refine.pt --layouts 2d8
finish refine refine-com 2d8-com
finish refine refine-rom 2d8-rom
export_to detector --checkpoint checkpoints/detector.pt --holdout 2000
finish detector detector 2d8
export_to verify --checkpoint checkpoints/verify.pt --detector checkpoints/detector.pt --holdout 2000
finish verify verify 2d8
