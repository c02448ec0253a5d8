"""Which versions answer, and their coming and going."""

from tests.http.candidates import head, version
from tests.http.gateways import make_gateway

from golive.http.stage import Stage


def test_a_candidate_is_there_when_the_process_is_ready():
    gateway, _ = make_gateway(stage="starting")
    context = gateway.service.context
    stages = []
    serve = gateway.serve

    def noting(service, **others):
        stages.append((context.readiness.stage, others["candidate"] is not None))
        serve(service, **others)

    gateway.serve = noting
    Stage(gateway, context).open({"sum": version(1)}, candidate=version(2))

    assert stages == [("starting", True)]
    assert context.readiness.stage == "ready"
    assert gateway.admit_to_candidate(head(), "sum") is not None


def test_a_candidate_outlives_a_switch_and_the_version_before_is_kept_until_it_is_let_go():
    gateway, _ = make_gateway()
    stage = Stage(gateway, gateway.service.context)
    stage.open({"sum": version(1)}, candidate=version(2))

    stage.replace(version(3))
    kept = gateway.admit(head(golive_version="1")).plan.problem
    stage.let_go()
    gone = gateway.admit(head(golive_version="1")).plan.problem

    assert (kept, gone.code) == (None, "version_not_served")
    assert gateway.admit(head(golive_version="2")).plan.problem is None
