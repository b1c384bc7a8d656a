"""What `pip install` of a clone gives: the released wheel and nothing else. pre-commit installs hooks this way, and a
hook is not to compile on every machine. The wheel itself is made in packaging/pypi.
"""

from setuptools import setup

setup(
    name="envacuate-hook",
    version="0",
    packages=[],
    py_modules=[],
    install_requires=["envacuate==0.1.0"],
)
