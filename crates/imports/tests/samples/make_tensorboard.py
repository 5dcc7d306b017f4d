"""Makes the samples of TensorBoard event files with the real writers, and what tensorboard reads back.

    python make_tensorboard.py FOLDER        tensorboardX 2.6 and tensorboard 2.20

Writes FOLDER/{train/,train/nested/,...} and FOLDER/golden.json.
"""

import json
import math
import sys
from pathlib import Path

import tensorboard
import tensorboardX
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

START = 1_700_000_000.25


def number(value):
    return value if math.isfinite(value) else str(value)


def main():
    folder = Path(sys.argv[1])
    with tensorboardX.SummaryWriter(str(folder / "train")) as writer:
        for step in range(30):
            writer.add_scalar("loss", 1 / (step + 1), step, walltime=START + step)
        writer.add_scalar("odd", math.nan, 0, walltime=START)
        writer.add_scalar("odd", math.inf, 1, walltime=START + 1)
        writer.add_text("note", "hello", 0, walltime=START)
        writer.add_histogram("weights", [1.0, 2.0, 3.0], 0, walltime=START)
        writer.add_hparams({"lr": 0.1, "layers": 3, "optimizer": "adam", "nesterov": True}, {"hparam/auc": 0.75}, name="hp", global_step=7)
    # as TensorFlow 2 writes scalars: tensors with the scalars plugin, one as bytes and one as floats
    writer = EventFileWriter(str(folder / "validation" / "fold 1"))
    for step in range(5):
        metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"))
        tensor = tensor_util.make_tensor_proto(float(step) / 4, dtype="float32")
        other = tensor_util.make_tensor_proto(float(step) * 3, dtype="float64")
        summary = Summary(
            value=[
                Summary.Value(tag="epoch_loss", metadata=metadata, tensor=tensor),
                Summary.Value(tag="epoch_time", metadata=metadata, tensor=other),
            ]
        )
        writer.add_event(Event(wall_time=START + 100 + step, step=step, summary=summary))
    writer.close()

    golden = {"tensorboardX": tensorboardX.__version__, "tensorboard": tensorboard.__version__, "runs": {}}
    for run in sorted({path.parent for path in folder.rglob("*tfevents*")}):
        accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0})
        accumulator.Reload()
        metrics = {}
        for tag in accumulator.Tags()["scalars"]:
            metrics[tag] = [[e.step, int(e.wall_time * 1000), number(e.value)] for e in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["tensors"]:
            if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                metrics[tag] = [
                    [e.step, int(e.wall_time * 1000), number(float(tensor_util.make_ndarray(e.tensor_proto)))]
                    for e in accumulator.Tensors(tag)
                ]
        golden["runs"][str(run.relative_to(folder))] = dict(sorted(metrics.items()))
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
