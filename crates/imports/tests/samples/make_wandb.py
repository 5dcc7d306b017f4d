"""Makes the samples of W&B's offline folders with the real client.

    python make_wandb.py FOLDER        wandb 0.2x

Writes FOLDER/wandb/offline-run-*/ and FOLDER/golden.json.
"""

import json
import math
import os
import sys
from pathlib import Path

import wandb

os.environ["WANDB_MODE"] = "offline"
os.environ["WANDB_SILENT"] = "true"
os.environ["WANDB_DISABLE_CODE"] = "true"
os.environ["WANDB_DISABLE_GIT"] = "true"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    settings = wandb.Settings(x_disable_stats=True, x_disable_meta=True, console="off", save_code=False)
    golden = {"wandb": wandb.__version__, "runs": []}
    for name, exit_code in (("kind-river", 0), ("failed-one", 1)):
        run = wandb.init(
            project="wines", name=name, group="sweep", job_type="train", tags=["red", "dry"], notes="two\nlines",
            dir=str(folder), config={"lr": 0.1, "model": {"depth": 3, "act": "relu"}, "names": ["a", "b"]}, settings=settings,
        )
        losses = []
        # enough to pass the blocks of 32 KiB of the file
        for step in range(400):
            values = {"loss": 1 / (step + 1), "eval": {"auc": step / 400}, "long": "x" * 100}
            if step == 3:
                values["odd"] = math.nan
            run.log(values)
            losses.append(1 / (step + 1))
        run.config.update({"late": True})
        path = folder / "table.txt"
        path.write_text("a file\n")
        run.save(str(path), base_path=str(folder), policy="now")
        run.summary["best"] = 0.5
        golden["runs"].append({"id": run.id, "name": name, "exit_code": exit_code, "losses": losses})
        run.finish(exit_code=exit_code)
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")


main()
