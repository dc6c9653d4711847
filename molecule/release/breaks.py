# Appended to the example's graph by broken.yml: a server that breaks in the way that an environment variable says.
def _break(kind: str) -> None:
    import pathlib
    import threading
    import time

    if kind == "runs":

        async def fail(state: Any, runtime: Any) -> Any:
            raise RuntimeError("this run is broken")

        global graph
        builder = StateGraph(MessagesState, context_schema=Context)
        builder.add_node("model", fail)
        builder.add_edge(START, "model")
        graph = builder.compile(name="agent")
    elif pathlib.Path("/run/langops/ca").exists():
        if kind == "at-once":
            os._exit(7)
        elif kind == "later":
            threading.Timer(5, lambda: os._exit(7)).start()
        elif kind == "never":
            time.sleep(3600)


_break(os.environ.get("BREAKS", ""))
