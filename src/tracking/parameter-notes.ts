/** What a setting means, in one sentence, and when a running node takes a change of it. */
export interface ParameterNote {
  readonly text: string;
  /**
   * `live`: between two frames. `fixed`: it is settled when the node is configured (what is loaded, opened or subscribed to),
   * and can be changed only while the node is unconfigured.
   */
  readonly change: 'live' | 'fixed';
}

const live = (text: string): ParameterNote => ({ text, change: 'live' });
const fixed = (text: string): ParameterNote => ({ text, change: 'fixed' });

/**
 * One note for each setting of `trackerConfigSchema`, by its name in a parameter file. `*` stands for one part of a name. A
 * test compares the table with the schema: neither may know a setting that the other does not.
 */
export const PARAMETER_NOTES: Readonly<Record<string, ParameterNote>> = {
  policy: fixed('What happens to frames that come faster than they are worked on: the latest, or every one in order.'),
  queue_size: fixed('Frames that may wait under the policy every in front of a source that cannot be held up.'),
  namespace: fixed("In front of every relative topic; a ROS 2 node's own namespace takes its place."),

  'topics.depth': fixed('Depth images: sensor_msgs/Image, or CompressedImage as compressedDepth.'),
  'topics.camera_info': fixed('Intrinsics of the depth camera: sensor_msgs/CameraInfo.'),
  'topics.tf': fixed('Moving transforms.'),
  'topics.tf_static': fixed('Static transforms.'),
  'topics.joints': fixed('Joints out: voxhand_msgs/HandJoints.'),
  'topics.poses': fixed('Joints out as geometry_msgs/PoseArray.'),
  'topics.markers': fixed('The hand as visualization_msgs/MarkerArray.'),
  'topics.scene': fixed('The hand as foxglove.SceneUpdate, for viewers without ROS.'),
  'topics.reference': fixed('The point that the cube is centred at.'),
  'topics.gestures': fixed('Gestures out: voxhand_msgs/GestureEvent.'),
  'topics.voxels': fixed('Occupied cells of the cube, from a camera role to an inference role.'),
  'topics.feedback': fixed('What an inference role read in those cells, back to the camera role.'),
  'topics.diagnostics': fixed('Where the node says how it is: diagnostic_msgs/DiagnosticArray.'),

  'qos.*.profile': fixed('Reliability on ROS 2: sensor_data is best effort, reliable is sent again until it arrives.'),
  'qos.*.depth': fixed('Messages that wait, at most.'),
  'qos.*.durability': fixed('transient_local publishers give their last messages to those that come later.'),

  'input.depth_unit': fixed('Metres a unit of 16-bit depth.'),
  'input.rectified': fixed("The images are rectified already: the lens's distortion is not applied again."),
  'input.pairing': fixed('How depth and camera info are paired: with the latest info, or by equal stamps.'),
  'input.tolerance': fixed('For pairing by stamp: stamps may differ by this much, seconds.'),
  'input.max_pixels': fixed('Images with more pixels are refused.'),

  handedness: live(
    'The hand that is tracked; auto: whichever it is, by the learned detector (right by the geometric one).',
  ),
  'detection.method': fixed(
    'How hands are found: learned, by two small networks; geometric, by the shape of surfaces.',
  ),
  'detection.model': fixed("The detector, a packaged model's name or a path to a folder with a manifest."),
  'detection.verify_model': fixed(
    "The second stage's network, a name or a folder; none: the detector's word is taken.",
  ),
  'detection.every': live('Frames between two looks of the detector while a hand is tracked; 0: only in doubt.'),
  'detection.min_score': fixed('Peaks of the detector with a lower score are none.'),
  'detection.candidates': live('Candidates that the second stage is shown on acquisition, the surest first.'),
  'detection.acquire': live('Both stages together must be this sure of a hand that is not tracked yet.'),
  'detection.keep': live('Both stages together must be this sure of a tracked hand whose joints are in doubt.'),
  'detection.doubt': live('Joints with a lower presence score make the detector look again.'),
  'detection.acquire_presence': live('A hand that is not tracked yet needs this presence score.'),
  'detection.keep_presence': live('A tracked hand whose presence score falls below this is lost.'),
  'reference.zone.z': live('Depth range of the interaction zone, metres: nearest and farthest.'),
  'reference.zone.x': live(
    'Horizontal range of the interaction zone, metres in the optical frame; empty: not limited.',
  ),
  'reference.zone.y': live('Vertical range of the interaction zone, metres in the optical frame; empty: not limited.'),
  'reference.grid_cells': live('Cells along the longer side of the grid that a whole frame is searched on.'),
  'reference.depth_jump': live('Neighbours farther apart in depth belong to different surfaces, metres.'),
  'reference.min_hand_area': live('Smaller surfaces are no hand, square metres.'),
  'reference.hand_radius': live('Radius of what is taken for one hand, metres.'),
  'reference.com_radius': live('Radius of the ball whose centre of mass is the reference point, metres.'),
  'reference.com_tolerance': live('The centre of mass has settled when it moves by less, metres.'),
  'reference.remove_plane': live('Take a table or a wall out of the scene before looking for a hand.'),
  'reference.acquire_score': live('A hand that is not tracked yet must look this much like one.'),
  'reference.keep_score': live('A hand that is tracked must still look this much like one.'),
  'reference.track_radius': live('A tracked hand is looked for this near to where it is expected, metres.'),
  'reference.window_radius': live('Half the edge of the window that is searched around it, metres.'),
  'reference.recheck_frames': live('After so many frames the whole frame is searched for a better hand; 0: never.'),
  'reference.switch_margin': live('Another hand must be better by this to take over.'),
  'reference.max_gap': live('After a longer gap between two frames the hand is looked for anew, seconds.'),
  'reference.prediction': live("Share of the hand's velocity that is believed when the next point is expected."),
  'reference.min_feedback_confidence': live('Joints with less confidence do not guide the next search.'),
  'reference.refine': fixed(
    'Second stage: a network moves the point to the centre of mass, or to the root of the middle finger.',
  ),
  'reference.refine_model': fixed('Network of the second stage, a name or a folder; empty: the packaged one.'),
  'reference.max_refinement': live('A second stage that moves the point farther is not believed, metres.'),

  'inference.model': fixed("A packaged model's name, or a path to a folder with a manifest."),
  'inference.provider': fixed('Where the network runs.'),
  'inference.policy': fixed('strict: fail where the provider cannot run the model; fallback: use the CPU and say so.'),
  'inference.threads': fixed('Threads of the network on the CPU.'),
  'inference.warm_up': fixed('Inferences before the first frame.'),
  'inference.variants.edges': live(
    'Edges of further cubes whose joints are averaged with those of the own one, metres.',
  ),
  'inference.variants.roll_degrees': live('By how much each of these cubes is turned further; empty: not at all.'),

  'heat_maps.decoder': live('How joints are read off heat maps.'),
  'heat_maps.n': live('Cells that nbest averages, for each member of an ensemble.'),
  'heat_maps.min_confidence': live(
    "A tracked hand whose joints' mean confidence falls below this is lost, where no presence score was fitted.",
  ),
  'heat_maps.acquire_confidence': live(
    'A hand that is not tracked yet must be this sure, where no presence score was fitted.',
  ),

  'smoothing.stages': live('Which stages run, in which order.'),
  'smoothing.gate.max_hand_speed': live('A hand that moves faster is an outlier as a whole, m/s.'),
  'smoothing.gate.max_joint_speed': live('A joint that moves faster than its hand by this is an outlier, m/s.'),
  'smoothing.gate.max_bone_change': live(
    'A bone whose length jumps by more makes an outlier of its outer joint, metres.',
  ),
  'smoothing.gate.max_frames': live('Frames in a row in which an outlier is replaced; then it is believed.'),
  'smoothing.prior.file': fixed("A packaged pose prior's name, or a path to a file by voxhand fit-prior."),
  'smoothing.prior.method': live('How joints are drawn to the prior: projected, or weighted by their confidences.'),
  'smoothing.prior.blend': live('0: as the network saw them; 1: as the prior has them.'),
  'smoothing.prior.components': live('Components of the prior that are used; 0: all of them.'),
  'smoothing.prior.noise': live("Standard deviation of a sure joint's error, metres."),
  'smoothing.window.mode': live('centred delays by k frames, causal by about k / 2.'),
  'smoothing.window.k': live('Frames on a side of the window.'),
  'smoothing.window.method': live('How the frames of the window are averaged.'),
  'smoothing.one_euro.min_cutoff': live('Cut-off frequency at rest, Hz: lower is smoother.'),
  'smoothing.one_euro.beta': live('Hz of cut-off for each m/s: higher lags less.'),
  'smoothing.one_euro.derivative_cutoff': live('Cut-off frequency of the speed, Hz.'),

  'output.raw_joints': live("Also publish each decoder's joints before smoothing."),
  'output.poses': live('Publish poses.'),
  'output.markers': live('Publish markers.'),
  'output.scene': live('Publish the scene.'),
  'output.reference': live('Publish the reference point.'),
  'output.lazy': live('Build and publish only what somebody listens to.'),
  'output.on_demand': fixed('Subscribe to the camera only while somebody listens to an output.'),
  'output.target_frame': live("Frame to publish in, by /tf; empty: the camera's own."),
  'output.hand_frames': live('Publish one TF frame for each hand, at the wrist, turned as the palm is.'),

  'transforms.buffer': fixed('Transforms older than this are forgotten, seconds.'),
  'transforms.tolerance': fixed('A moving transform may be this much older than the frame, seconds.'),

  'diagnostics.enabled': live('Publish diagnostics.'),
  'diagnostics.period': live('Seconds between two reports.'),
  'diagnostics.silence_after': live('No frame for this long is explained, seconds.'),
  'diagnostics.warn_age': live('A median age at publish beyond this is a warning, seconds.'),
  'diagnostics.warn_dropped': live(
    'A share of dropped frames beyond this is a warning; frames replaced by newer ones do not count.',
  ),

  'distribution.role': fixed(
    'Which part of the pipeline this node runs: all of it, up to the voxels, or from the voxels on.',
  ),
  'distribution.camera': fixed('Name by which an inference role tells this camera from others.'),
  'distribution.reply_timeout': fixed(
    'A camera role waits this long for an answer before it goes on without, seconds.',
  ),
  'distribution.batch_deadline': fixed("An inference role waits this long for further cameras' cells, seconds."),
  'distribution.max_cameras': fixed('Cameras that one inference role serves.'),
};

/** The note of a setting, by its name in a parameter file. */
export function noteOf(name: string): ParameterNote | undefined {
  if (Object.hasOwn(PARAMETER_NOTES, name)) return PARAMETER_NOTES[name];
  const [first, , last] = name.split('.');
  const pattern = `${first}.*.${last}`;
  return Object.hasOwn(PARAMETER_NOTES, pattern) ? PARAMETER_NOTES[pattern] : undefined;
}
